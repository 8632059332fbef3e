"""Units -> tensors: tokenised once, then batched by length with masking and case changes per epoch."""

from __future__ import annotations

import random
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from casus.reader import features
from training.corpora import Trigger, Unit
from training.labels import FRAME_ROLES, NAMES, ROLES, STATUSES, TYPE_MODES, TYPES
from training.model import Shape, pretrained_path

CLS, SEP, MASK = 101, 102, 103
LONGEST = 320  # sub-words in a window; a longer one loses its tail


@dataclass
class Encoded:
    """A unit as numbers. `first[w]` is the position of word w's first sub-word in `ids`."""

    unit: Unit
    ids: list[int]
    word_of: list[int]
    first: list[int]
    shapes: list[int]


def tokenizer() -> Tokenizer:
    made = Tokenizer.from_file(str(pretrained_path() / "tokenizer.json"))
    made.no_truncation()
    made.no_padding()
    return made


def encode(units: list[Unit]) -> list[Encoded]:
    made = tokenizer()
    out = []
    for unit, coded in zip(
        units,
        made.encode_batch([u.words for u in units], is_pretokenized=True, add_special_tokens=False),
        strict=True,
    ):
        ids, of, first = [CLS], [-1], []
        for token, word in zip(coded.ids[: LONGEST - 2], coded.word_ids, strict=False):
            if word != of[-1]:
                # a word that has no sub-word at all (an odd control character) takes the next one's place
                first += [len(ids)] * (word + 1 - len(first))
            ids.append(token)
            of.append(word)
        ids.append(SEP)
        of.append(-1)
        first = first[: len(unit.words)]
        unit.triggers = [t for t in unit.triggers if t.last < len(first)]
        out.append(Encoded(unit, ids, of, first, [features.shape(w) for w in unit.words]))
    return [e for e in out if e.first]


@dataclass
class Batch:
    units: list[Encoded]
    ids: Tensor
    shapes: Tensor
    flags: Tensor
    # [batch, words]: position of each word's first sub-word (0 where none) and whether there is a word
    first: Tensor
    is_word: Tensor
    # (index in batch, trigger) of every trigger
    triggers: list[tuple[int, Trigger]]


def _case(shapes: list[int], rng: random.Random) -> list[int]:
    """The whole unit lower-, upper- or title-cased at random, so that the model does not lean on case."""
    roll = rng.random()
    if roll > 0.25:
        return shapes
    wanted = features.LOWER if roll < 0.13 else features.UPPER if roll < 0.18 else features.TITLE
    cased = {features.LOWER, features.TITLE, features.UPPER, features.MIXED}
    return [wanted if s in cased else s for s in shapes]


def make_batch(units: list[Encoded], shape: Shape, rng: random.Random | None, mask: float = 0.1) -> Batch:
    """Tensors for these units; with `rng`, augmented."""
    n = max(len(u.ids) for u in units)
    w = max(len(u.first) for u in units)
    ids = torch.zeros(len(units), n, dtype=torch.long)
    shapes = torch.full((len(units), n), features.PAD, dtype=torch.long)
    flags = torch.zeros(len(units), n, features.FLAGS)
    first = torch.zeros(len(units), w, dtype=torch.long)
    is_word = torch.zeros(len(units), w, dtype=torch.bool)
    triggers = []
    for b, u in enumerate(units):
        word_shapes = _case(u.shapes, rng) if rng else u.shapes
        hidden = {i for i in range(len(u.first)) if rng and rng.random() < mask}
        ids[b, : len(u.ids)] = torch.tensor([MASK if x in hidden else t for t, x in zip(u.ids, u.word_of, strict=True)])
        if shape.use_shape:
            shapes[b, : len(u.ids)] = torch.tensor([features.PAD if x < 0 else word_shapes[x] for x in u.word_of])
        if shape.use_flags and u.unit.flags is not None:
            bits = torch.tensor([u.unit.flags[x] if x >= 0 else 0 for x in u.word_of])
            flags[b, : len(u.ids)] = (bits[:, None] >> torch.arange(features.FLAGS) & 1).float()
        first[b, : len(u.first)] = torch.tensor(u.first)
        is_word[b, : len(u.first)] = True
        triggers += [(b, t) for t in u.unit.triggers]
    return Batch(units, ids, shapes, flags, first, is_word, triggers)


def grouped(units: list[Encoded], budget: int, rng: random.Random) -> list[list[Encoded]]:
    """Shuffled groups of about `budget` sub-words, units of like length together."""
    order = sorted(units, key=lambda u: len(u.ids) + rng.random() * 8)
    groups: list[list[Encoded]] = [[]]
    for u in order:
        if groups[-1] and (len(groups[-1]) + 1) * len(u.ids) > budget:
            groups.append([])
        groups[-1].append(u)
    rng.shuffle(groups)
    return groups


@dataclass
class Targets:
    """Labels of a batch; -100 is "not known here"."""

    type: Tensor  # [batch, words]
    more: Tensor  # [batch, words], -1 unknown
    names: Tensor  # [batch, words]
    names_open: Tensor  # [batch, labels] bool: labels that this corpus can give
    # per trigger
    at: Tensor  # [t, 2] batch index, word
    trigger_type: Tensor  # [t], 16 unknown
    mode: Tensor
    status: Tensor
    told: Tensor  # [t, 2], -1 unknown
    fact: Tensor  # [t], nan unknown
    native: Tensor
    roles: Tensor  # [t, words, 2 * roles]
    roles_known: Tensor  # [t, roles]
    frames: Tensor
    frames_known: Tensor  # [t]


def targets(batch: Batch, shape: Shape) -> Targets:
    """The labels of a batch as tensors."""
    b, w = batch.first.shape
    count = len(batch.triggers)
    native = {n: i for i, n in enumerate(shape.native)}
    t = Targets(
        torch.full((b, w), -100), torch.full((b, w), -1.0), torch.full((b, w), -100),
        torch.zeros(b, len(NAMES), dtype=torch.bool), torch.zeros(count, 2, dtype=torch.long),
        torch.full((count,), len(TYPES)), torch.full((count,), -100), torch.full((count,), -100),
        torch.full((count, 2), -1.0), torch.full((count,), float("nan")), torch.full((count,), -100),
        torch.zeros(count, w, 2 * len(ROLES)), torch.zeros(count, len(ROLES)),
        torch.zeros(count, w, 2 * len(FRAME_ROLES)), torch.zeros(count),
    )  # fmt: skip
    for i, u in enumerate(batch.units):
        n = len(u.first)
        if u.unit.complete:
            t.type[i, :n] = len(TYPES)
            t.more[i, :n] = 0.0
        if u.unit.names is not None:
            t.names[i, :n] = 0
            t.names_open[i] = torch.tensor([x == "O" or x[2:] in u.unit.names_known for x in NAMES])
            for kind, x, y in u.unit.names:
                if y < n:
                    t.names[i, x : y + 1] = NAMES.index("I-" + kind)
                    t.names[i, x] = NAMES.index("B-" + kind)
    for k, (i, trigger) in enumerate(batch.triggers):
        t.at[k] = torch.tensor([i, trigger.first])
        if trigger.type:
            t.trigger_type[k] = TYPES.index(trigger.type)
            if batch.units[i].unit.complete:
                t.type[i, trigger.first] = TYPES.index(trigger.type)
                t.more[i, trigger.first + 1 : trigger.last + 1] = 1.0
                t.mode[k] = TYPE_MODES.index(trigger.type + (f"/{trigger.mode}" if trigger.mode else ""))
        _attributes(t, k, trigger, native)
        _spans(t.roles[k], trigger.roles, ROLES)
        for role in trigger.roles_known:
            t.roles_known[k, ROLES.index(role)] = 1.0
        if trigger.frame_roles is not None:
            t.frames_known[k] = 1.0
            _spans(t.frames[k], trigger.frame_roles, FRAME_ROLES)
    return t


def _attributes(t: Targets, k: int, trigger: Trigger, native: dict[str, int]) -> None:
    if trigger.status is not None:
        t.status[k] = STATUSES.index(trigger.status)
    if trigger.background is not None:
        t.told[k, 0] = float(trigger.background)
    if trigger.aggregate is not None:
        t.told[k, 1] = float(trigger.aggregate)
    if trigger.factuality is not None:
        t.fact[k] = trigger.factuality / 3.0
    if trigger.native in native:
        t.native[k] = native[trigger.native]


def _spans(target: Tensor, spans: list[tuple[str, int, int]], names: list[str]) -> None:
    """Marks start (column 2r) and inside (column 2r + 1) of each span of each known role."""
    for role, first, last in spans:
        if role in names and first < target.shape[0]:
            r = names.index(role)
            target[first, 2 * r] = 1.0
            target[first + 1 : last + 1, 2 * r + 1] = 1.0
