"""Keys under which place names are found, and the words that surround a place name.

A key is lower case, without accents, apostrophes, hyphens or a leading article, so that "Sana'a",
"Ṣan‘ā’" and "Sanaa" meet. A sound key goes further and meets the romanisations of one Arabic,
Persian, Hebrew or Amharic name ("Tall Rif‘at", "Tell Rifaat"); it is asked only inside a known country.
"""

from __future__ import annotations

import re
from functools import lru_cache

from casus.text import fold

# letters that Unicode does not take apart, and marks that stand for a glottal stop or ayn
_LETTERS = str.maketrans(
    {
        "ł": "l", "ø": "o", "ı": "i", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th",
        "ə": "a", "ŋ": "n", "ħ": "h", "'": "", "`": "", "´": "", "ʼ": "", "ʻ": "", "ʽ": "", "ʿ": "", "ʾ": "",
        "’": "", "‘": "", "“": "", "”": "", '"': "", ".": "", ",": " ", "-": " ", "–": " ", "—": " ",
        "‐": " ", "‑": " ", "/": " ", "(": " ", ")": " ", "\u200f": "", "\u200e": "", "\x00": " ",
    }
)  # fmt: skip
_SHORT = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}


def word_set(listed: str) -> frozenset[str]:
    """The words of a listing; a long list reads better so than as a row of quoted words."""
    return frozenset(listed.split())


ARTICLES = word_set("al el ar as ash ad adh an at ath az ul il")


@lru_cache(maxsize=16384)  # a report asks for each of its capitalised words several times
def key(name: str) -> str:
    """The look-up key of a name; empty when nothing is left of it."""
    if name.isascii():
        folded = name.lower().translate(_LETTERS).split()
    else:
        folded = fold(name.lower().translate(_LETTERS)).translate(_LETTERS).split()
    if len(folded) > 1 and folded[0] == "the":
        del folded[0]
    if any(w in _SHORT for w in folded) and len(folded) > 1:
        folded = [_SHORT.get(w, w) for w in folded]
    return " ".join(folded)


_SOUNDS = (
    ("kh", "h"), ("gh", "g"), ("dh", "d"), ("th", "t"), ("sh", "s"), ("ph", "f"), ("q", "k"), ("c", "k"),
    ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ay", "i"), ("ai", "i"), ("ei", "i"), ("ey", "i"), ("iy", "i"),
    ("aw", "u"), ("au", "u"), ("w", "u"), ("o", "u"), ("e", "i"), ("y", "i"), ("v", "b"), ("p", "b"),
)  # fmt: skip


def sound_key(folded: str) -> str:
    """The consonant skeleton of a key, so that romanisations of one name meet; "" when too short to mean
    anything. Vowels go except at the start: spellings differ in them most.
    """
    parts = [w for w in folded.split() if w not in ARTICLES]
    said = []
    for part in parts:
        word = part
        for a, b in _SOUNDS:
            word = word.replace(a, b)
        word = word[:-1] if len(word) > 2 and word.endswith("h") else word
        head, rest = word[:1], re.sub(r"[aiu]", "", word[1:])
        said.append(re.sub(r"(.)\1+", r"\1", ("a" if head in "aiu" else head) + rest))
    joined = "".join(said)
    # three consonants or fewer are shared by too many unlike names ("Bab", "Bibi", "Buba")
    return joined if len(joined) >= 4 else ""


ADM1_WORDS = word_set(
    "province provinces governorate governorates state states oblast region regions prefecture emirate "
    "department canton voivodeship muhafazah krai republic division"
)
ADM2_WORDS = word_set("county counties district districts subdistrict parish raion municipality")
TOWN_WORDS = word_set(
    "city cities town towns village villages hamlet hamlets port municipality capital suburb suburbs "
    "township commune settlement outpost enclave stronghold hometown"
)

_OF = re.compile(
    r"(?:the )?(?:(?:[a-z]+ )?(?:city|town|village|port city|port|province|state|governorate|region|district|"
    r"county|oblast|municipality|emirate|prefecture|department) of )(?=.)"
)


def strip_kind(folded: str) -> tuple[str, str]:
    """`(name, kind word)`: "province of herat" and "herat province" are "herat", "province"; else `("", "")`."""
    m = _OF.match(folded)
    if m:
        return folded[m.end() :], m.group().split()[-2]
    head, _, last = folded.rpartition(" ")
    if head and (last in ADM1_WORDS or last in ADM2_WORDS or last in TOWN_WORDS):
        return head, last
    return "", ""
