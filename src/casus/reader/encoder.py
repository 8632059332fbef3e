"""Windows of words -> hidden states: the tokenizer and the int8 encoder that ship with the package."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from casus.errors import ModelError
from casus.reader import features

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

MODEL_FOLDER = Path(__file__).parent / "model"
CLS, SEP = 101, 102
# sub-words in one pass; BERT's positions end at 512 and no sentence that the splitter makes comes near
LONGEST = 320
# windows are padded to a multiple of this and only windows of one length share a batch, so that what
# else is read never changes a result
BUCKET = 16
BATCH = 32
# bounds the memory of a pass; set by hand
BATCH_SUBWORDS = 2048


@dataclass(frozen=True, slots=True)
class Window:
    """The words that are encoded together: offsets into the text, and dictionary flags per word."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    flags: tuple[int, ...]


class WordEncoder(Protocol):
    """Anything that turns windows into one hidden vector a word: float32 arrays [words, hidden]."""

    name: str

    def run(self, windows: Sequence[Window]) -> list[Floats]: ...


@dataclass(frozen=True, slots=True)
class Tokens:
    """A window as the encoder takes it; `first[w]` is where word w's first sub-word stands."""

    ids: list[int]
    shapes: list[int]
    flags: list[int]
    first: list[int]


class OnnxEncoder:
    """The shipped encoder. Deterministic: static int8, batches of one length, each run by one thread."""

    def __init__(self, folder: Path = MODEL_FOLDER, threads: int = 0) -> None:
        try:
            self.card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            options = onnxruntime.SessionOptions()
            # threads of one pass wait for one another at every layer, which is dear where another thread finishes
            # documents on the same cores: so each batch has one thread, and several batches run side by side
            options.intra_op_num_threads = 1
            options.log_severity_level = 3
            self.session = onnxruntime.InferenceSession(
                str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise ModelError(f"the shipped model cannot be opened: {error}") from error
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.name: str = self.card["name"]
        self.pool = ThreadPoolExecutor(threads or os.cpu_count() or 1, "encoder")

    def tokens(self, windows: Sequence[Window]) -> list[Tokens]:
        """Sub-words of each window; words beyond `LONGEST` sub-words get none."""
        coded = self.tokenizer.encode_batch(
            [list(w.words) for w in windows], is_pretokenized=True, add_special_tokens=False
        )
        return [self._tokens(w, c.ids, c.word_ids) for w, c in zip(windows, coded, strict=True)]

    @staticmethod
    def _tokens(window: Window, ids: list[int], word_ids: list[int | None]) -> Tokens:
        out = Tokens([CLS], [features.PAD], [0], [])
        last = -1
        for token, word in zip(ids[: LONGEST - 2], word_ids, strict=False):
            assert word is not None
            if word != last:
                # a word without any sub-word (a lone control character) borrows its successor's
                out.first.extend([len(out.ids)] * (word + 1 - len(out.first)))
                last = word
            out.ids.append(token)
            out.shapes.append(features.shape(window.words[word]))
            out.flags.append(window.flags[word])
        out.ids.append(SEP)
        out.shapes.append(features.PAD)
        out.flags.append(0)
        return out

    def run(self, windows: Sequence[Window]) -> list[Floats]:
        """Hidden states [words, hidden] per window, in order; words without a sub-word get zeros."""
        coded = self.tokens(windows)
        groups: dict[int, list[int]] = defaultdict(list)
        for n, t in enumerate(coded):
            groups[-(-len(t.ids) // BUCKET) * BUCKET].append(n)
        # the longest first: a long batch begun last would leave the other threads idle
        batches = [b for length in sorted(groups, reverse=True) for b in _batches(groups[length], length)]

        def one(batch: tuple[int, list[int]]) -> list[Floats]:
            length, members = batch
            hidden = self.forward([coded[n] for n in members], length)
            return [
                _word_rows(row, coded[n].first, len(windows[n].words)) for row, n in zip(hidden, members, strict=True)
            ]

        out: list[Floats] = [np.zeros((0, 0), np.float32)] * len(coded)
        for (_, members), rows in zip(batches, self.pool.map(one, batches), strict=True):
            for n, row in zip(members, rows, strict=True):
                out[n] = row
        return out

    def forward(self, coded: Sequence[Tokens], length: int) -> Floats:
        """One pass of the network over windows padded to `length`: [windows, length, hidden]."""
        ids = np.zeros((len(coded), length), np.int64)
        shapes = np.full((len(coded), length), features.PAD, np.int64)
        flags = np.zeros((len(coded), length, features.FLAGS), np.float32)
        for row, t in enumerate(coded):
            ids[row, : len(t.ids)] = t.ids
            shapes[row, : len(t.ids)] = t.shapes
            bits = np.asarray(t.flags)[:, None] >> np.arange(features.FLAGS)
            flags[row, : len(t.ids)] = bits & 1
        result: Floats = self.session.run(["hidden"], {"ids": ids, "shapes": shapes, "flags": flags})[0]
        return result


def _batches(members: list[int], length: int) -> list[tuple[int, list[int]]]:
    size = max(1, min(BATCH, BATCH_SUBWORDS // length))
    return [(length, members[at : at + size]) for at in range(0, len(members), size)]


def _word_rows(hidden: Floats, first: list[int], words: int) -> Floats:
    rows = np.zeros((words, hidden.shape[1]), np.float32)
    rows[: len(first)] = hidden[first]
    return rows
