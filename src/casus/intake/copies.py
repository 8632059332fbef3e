"""Documents that print the same text, whole, cut or lightly edited: signatures, look-up keys and groups.

A signature is a MinHash sketch (A. Broder, On the resemblance and containment of documents, 1997) over runs of four
words of what is read. The keys are its bands (J. Leskovec, A. Rajaraman, J. Ullman, Mining of Massive Datasets, ch. 3).
The sketches are made by rensa. docs/copies.md has what was measured.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from casus.errors import RecordError
from casus.ids import text_sha256
from casus.records import Document, RegionKind

# Below so many words a text is formula ("No casualties were reported, police said") and has too few runs to estimate
# from (seventeen; a word changed takes four of them): exact match only.
SHORT = 20
# Of runs of 3, 4, 5 and 6 words, those of 4 are the shortest of which two independent reports of one event hardly share
# any (at most 7 % of the shorter in our samples), and the longest that suffer little from an editor's single words.
_RUN = 4
# 256 coordinates estimate the share of runs with a standard error of 0.03 at most; of each the low 16 bits are kept,
# of which two by chance agree once in 65,536.
_COORDINATES, _SEED = 256, 1
# 64 bands of two: documents that share a third of their runs (a copy of the first third) meet in a band in 99.9 % of
# cases, a quarter in 98 %, a hundredth (one event, two writers) in 0.6 %.
_BANDS, _ROWS = 64, 2
# How much of the shorter text's runs the longer must hold. Independent reports of one event, official words quoted in
# both, stay below 0.25, and two days' bulletins of one office are at 0.5; copies that were cut are above 0.75, and with
# one word in twenty changed besides above 0.6 (docs/copies.md). The threshold leaves the bulletins out.
CONTAINED = 0.55
# Below this share of all runs (what is left of a copy that was cut to less than about a sixth) the estimate of how much
# is held hangs on a few dozen coordinates, and one of them more or less changes it by 0.03: it is not believed.
_LEAST = 0.15

# What a headline says is each paper's own, so it is left out, unless the text is short.
_READ: tuple[RegionKind, ...] = ("lead", "body")
_HEADER = struct.Struct("<BBHI")  # format, algorithm, unused, number of different runs (0: short)
_FORMAT, _ALGORITHM = 1, int(RMinHash.ALGORITHM_VERSION)
# The recipe of signatures: those of two recipes cannot be compared, and are to be made anew.
SCHEME = f"copies-{_FORMAT}-{_ALGORITHM}"
_DIGEST = 16

_WORD = re.compile(r"[^\W_]+")
# accents, apostrophes, the dots of initials and the commas of numbers: papers differ in them
_DROPPED = re.compile(
    r"[.,'\u2018\u2019\u02bc`\u0300-\u036f](?:(?<=[^.,])|(?<=\b[^\W\d_]\.)(?=[^\W\d_]\b)|(?<=\d,)(?=\d{3}))"
)


def signature(document: Document) -> bytes:
    """What identifies the words that are read: 520 bytes, 24 for a short text, 8 where there is nothing to read.

    Captions, boilerplate and (but for short texts) the headline do not count, nor do case, accents, punctuation and
    white space. The same on every machine; little-endian.
    """
    words = _words(document, _READ)
    if len(words) < SHORT:
        words = _words(document, ("title", *_READ))
        digest = bytes.fromhex(text_sha256(" ".join(words)))[:_DIGEST] if words else b""
        return _HEADER.pack(_FORMAT, _ALGORITHM, 0, 0) + digest
    # a sketch takes minima, so the order of the set does not show in it
    runs = set(map(" ".join, zip(*(words[n:] for n in range(_RUN)), strict=False)))
    sketch = RMinHash(num_perm=_COORDINATES, seed=_SEED)
    sketch.update(list(runs))
    low = np.array(sketch.digest(), dtype=np.uint32).astype("<u2")
    return _HEADER.pack(_FORMAT, _ALGORITHM, 0, len(runs)) + low.tobytes()


def bands(signature: bytes) -> tuple[int, ...]:
    """Keys to look candidates up by, each a signed 64-bit integer: copies share at least one, as good as always.

    64 keys, the band's number in each; one, negative, for a short text; none where there is nothing to read.
    Raises RecordError for bytes that are no signature of this recipe.
    """
    count, sketch, digest = _parts(signature)
    if not count:
        return (-1 - int.from_bytes(digest[:7], "little"),) if digest else ()
    first, second = (sketch[n : _BANDS * _ROWS : _ROWS].astype(np.int64) for n in range(_ROWS))
    keys = (np.arange(_BANDS, dtype=np.int64) << 32) | (first << 16) | second
    return tuple(int(key) for key in keys)


def alike(a: bytes, b: bytes) -> float:
    """The estimated share of their runs of words that two texts have in common (Jaccard), 0.0 to 1.0.

    The standard error is 0.03 at most. Short texts are 1.0 or 0.0, and a text without words is like none.
    Raises RecordError for bytes that are no signature of this recipe.
    """
    (one, sketch, digest), (two, other, second) = _parts(a), _parts(b)
    if not one or not two:
        return float(bool(digest) and digest == second)
    return int(np.count_nonzero(sketch == other)) / _COORDINATES


def contained(a: bytes, b: bytes) -> float:
    """The estimated share of the shorter text's runs of words that the longer one holds, 0.0 to 1.0.

    From Jaccard J and the numbers of runs m and n: J / (1 + J) * (m + n) runs are in both.
    """
    share = alike(a, b)
    one, two = _parts(a)[0], _parts(b)[0]
    return min(1.0, share / (1 + share) * (one + two) / min(one, two)) if one and two else share


def same_text(a: bytes, b: bytes) -> bool:
    """Whether one text is a copy of the other, whole, lightly edited, or cut to no less than about a sixth."""
    return alike(a, b) >= _LEAST and contained(a, b) >= CONTAINED


def regroup(signatures: Mapping[str, bytes]) -> dict[str, str]:
    """Document id -> syndication id, of each document that is a copy of another one in `signatures`, ids in order.

    A group is what hangs together by pairs that share a band and are of the same text, so it depends on the set of
    documents alone; its id comes from its smallest document id.
    """
    parent = {name: name for name in sorted(signatures)}
    sharing: dict[int, list[str]] = defaultdict(list)
    for name in parent:
        for band in bands(signatures[name]):
            sharing[band].append(name)
    refused: set[tuple[str, str]] = set()
    for names in sharing.values():
        if len({_root(parent, name) for name in names}) > 1:
            _join(names, signatures, parent, refused)
    roots = {name: _root(parent, name) for name in parent}
    several = {root for name, root in roots.items() if name != root}
    return {name: f"syn_{text_sha256(root)[:20]}" for name, root in roots.items() if root in several}


def _join(
    names: list[str], signatures: Mapping[str, bytes], parent: dict[str, str], refused: set[tuple[str, str]]
) -> None:
    """Joins the groups of those that share a band, in order, where they are of the same text."""
    for pair in combinations(names, 2):
        one, two = _root(parent, pair[0]), _root(parent, pair[1])
        if one == two or pair in refused:
            continue
        if same_text(signatures[pair[0]], signatures[pair[1]]):
            parent[max(one, two)] = min(one, two)
        else:
            refused.add(pair)


def _root(parent: dict[str, str], name: str) -> str:
    """The smallest id of the group, so far; paths are halved on the way."""
    while parent[name] != name:
        parent[name] = name = parent[parent[name]]
    return name


def _words(document: Document, kinds: tuple[RegionKind, ...]) -> list[str]:
    """The words of those regions as they are compared; a document without regions is all body, as for the reader."""
    pieces = [document.text[r.start : r.end] for r in document.regions if r.kind in kinds]
    text = unicodedata.normalize("NFKD", "\n".join(pieces) if document.regions else document.text)
    return _WORD.findall(_DROPPED.sub("", text.casefold()))


def _parts(signature: bytes) -> tuple[int, NDArray[np.uint16], bytes]:
    """Number of runs, sketch and digest; of the last two one is empty, or both."""
    size = len(signature) - _HEADER.size
    if size < 0:
        raise RecordError(f"{len(signature)} bytes are no signature")
    version, algorithm, _, count = _HEADER.unpack_from(signature)
    if (version, algorithm) != (_FORMAT, _ALGORITHM):
        raise RecordError(f"a signature of the recipe copies-{version}-{algorithm}, not {SCHEME}", "make it anew")
    if size != 2 * _COORDINATES if count else size not in {0, _DIGEST}:
        raise RecordError(f"{len(signature)} bytes are no signature")
    sketch = np.frombuffer(signature, dtype="<u2", offset=_HEADER.size) if count else np.empty(0, dtype="<u2")
    return count, sketch, b"" if count else signature[_HEADER.size :]
