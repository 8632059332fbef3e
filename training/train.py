"""One training run: general corpora first (cached), then the claims. `python -m training.train --help`."""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from training import corpora, general
from training.batches import Batch, Encoded, Targets, encode, grouped, make_batch, targets
from training.context import Setting, load_documents, settings
from training.labels import TYPE_MODES, TYPES
from training.model import BF16, Reader, Shape, distance_bucket

HERE = Path(__file__).parent
NEVER = -1e4
# parts that the reports are cut into for cross-validation
FOLDS = 2


@dataclass(frozen=True)
class Recipe:
    """Everything that makes a run; its digest names the run's folder."""

    seed: int = 1
    shape: Shape = field(default_factory=Shape)
    pretrain_epochs: int = 2
    epochs: int = 8
    rate: float = 2e-4
    head_rate: float = 5e-4
    window: int = 0  # words of consecutive sentences that the reader sees together; 0: a sentence
    budget: int = 2048  # sub-words a step
    written: bool = True
    general: float = 0.15  # share of steps on the general corpora while fitting the claims
    role_weight: float = 0.4
    smoothing: float = 0.0
    freeze_words: bool = True
    start: str = ""  # a run whose network this fit goes on from; without it, the general corpora's
    reports: str = "all"  # "voa": the gold reports and those of Voice of America annotated here; "gold"
    gold_times: int = 1  # how often an epoch shows each gold report
    fold: int = -1  # leave this part of the reports out; -1: train on all
    context_weight: float = 1.0
    mask: float = 0.1  # share of words hidden; their dictionary flags stay

    def digest(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:12]


def fold_ids(fold: int) -> tuple[list[str], list[str]]:
    """Training and held-out reports of a fold, gold and annotated here alike. Each report's part hangs on its id
    alone, so that a report annotated later moves no other."""
    ids = {*corpora.gold_ids(), *corpora.annotated_ids()}
    held = {x for x in ids if int(hashlib.sha256(x.encode()).hexdigest(), 16) % FOLDS == fold}
    return sorted(ids - held), sorted(held)


def held_gold(fold: int) -> list[str]:
    """The gold reports of a fold's held-out ones: those that figures are given on."""
    gold = set(corpora.gold_ids())
    return [x for x in fold_ids(fold)[1] if x in gold]


def losses(
    model: Reader, batch: Batch, t: Targets, recipe: Recipe, rng: random.Random
) -> tuple[dict[str, Tensor], Tensor]:
    """Every loss that this batch has labels for, already weighted; and the word vectors [units, words, 384]."""
    hidden = model.encoder(batch.ids, batch.shapes, batch.flags)
    rows = torch.arange(len(batch.units))[:, None]
    words = model.drop(hidden[rows, batch.first]).float()
    out: dict[str, Tensor] = {}
    if (t.type >= 0).any():
        # 16: one word in forty is a trigger, and detection is what the reader lives by
        out["type"] = 16.0 * F.cross_entropy(
            model.detect(words).flatten(0, 1), t.type.flatten(), ignore_index=-100, label_smoothing=recipe.smoothing
        )
        known = t.more >= 0
        out["more"] = F.binary_cross_entropy_with_logits(model.more(words)[..., 0][known], t.more[known])
    if (t.names >= 0).any():
        logits = model.names(words).masked_fill(~t.names_open[:, None, :], NEVER)
        out["names"] = F.cross_entropy(logits.flatten(0, 1), t.names.flatten(), ignore_index=-100)
    if len(batch.triggers):
        _trigger_losses(model, words, batch, t, recipe, rng, out)
    return out, words


def step_losses(model: Reader, group: Group, recipe: Recipe, rng: random.Random) -> dict[str, Tensor]:
    """The losses of a step: those of its units, encoded with units of like length, and those of its reports."""
    out: dict[str, Tensor] = {}
    vectors: dict[int, Tensor] = {}
    parts = chunks(group.units) if group.settings else [group.units]
    total = sum(len(u.first) for u in group.units)
    for part in parts:
        batch = make_batch(part, recipe.shape, rng, recipe.mask)
        with torch.autocast("cpu", torch.bfloat16, enabled=BF16):
            found, words = losses(model, batch, targets(batch, recipe.shape), recipe, rng)
        share = sum(len(u.first) for u in part) / total
        for k, v in found.items():
            out[k] = out[k] + share * v if k in out else share * v
        vectors |= {id(u): words[n] for n, u in enumerate(part)}
    if group.settings:
        chosen = [context_losses(model, s, vectors) for s in group.settings]
        for name in ("choose", "event"):
            found_all = [c[name] for c in chosen if name in c]
            if found_all:
                out[name] = recipe.context_weight * torch.stack(found_all).sum() / len(found_all)
    return out


def chunks(units: list[Encoded]) -> list[list[Encoded]]:
    """The units in groups of like length, so that little is padded."""
    order = sorted(units, key=lambda u: len(u.ids))
    out: list[list[Encoded]] = []
    for u in order:
        # a group ends where padding all of it to this length would waste a fifth
        if out and sum(len(x.ids) for x in out[-1]) > 0.8 * len(out[-1]) * len(u.ids):
            out[-1].append(u)
        else:
            out.append([u])
    return out


def context_scores(model: Reader, s: Setting, vectors: dict[int, Tensor]) -> tuple[Tensor, Tensor]:
    """What the context network makes of a report whose words have these vectors, by the id of their unit."""
    rows = [vectors[id(u)] for u in s.units]
    triggers = torch.stack([rows[n][w] for n, w in s.triggers.tolist()])
    found = [(rows[n][a] + rows[n][b]) / 2 for n, a, b in s.candidates.tolist()]
    named = torch.stack(found) if found else triggers.new_zeros(0, triggers.shape[1])
    return model.context(triggers, s.types, s.triggers, named, s.kinds, s.counts, s.candidates[:, :2])


def context_losses(model: Reader, s: Setting, vectors: dict[int, Tensor]) -> dict[str, Tensor]:
    """The loss of choosing each known value, all the probability on right candidates counting; and of events."""
    scores, one = context_scores(model, s, vectors)
    scores = scores.masked_fill(~torch.cat([s.fit.new_ones(1, s.fit.shape[1]), s.fit])[None], NEVER)
    out = {}
    if s.known.any():
        loss = torch.logsumexp(scores, 1) - torch.logsumexp(scores.masked_fill(~s.right, NEVER), 1)
        out["choose"] = loss[s.known].mean()
    if s.paired.any():
        out["event"] = 0.5 * F.binary_cross_entropy_with_logits(one[s.paired], s.same[s.paired].float())
    return out


def _trigger_losses(
    model: Reader, words: Tensor, batch: Batch, t: Targets, recipe: Recipe, rng: random.Random, out: dict[str, Tensor]
) -> None:
    heads = words[t.at[:, 0], t.at[:, 1]]
    typed = t.trigger_type < len(TYPES)
    if typed.any():
        out["potential"] = 0.3 * F.cross_entropy(model.potential(heads[typed]), t.trigger_type[typed])
    attribute = model.attribute(heads)
    if (t.mode >= 0).any():
        allowed = torch.tensor([[m.split("/")[0] == x for m in TYPE_MODES] for x in [*TYPES, ""]])
        logits = model.mode(attribute).masked_fill(~allowed[t.trigger_type], NEVER)
        out["mode"] = 0.3 * F.cross_entropy(logits, t.mode, ignore_index=-100)
    if (t.status >= 0).any():
        out["status"] = 0.5 * F.cross_entropy(model.status(attribute), t.status, ignore_index=-100)
    told = t.told >= 0
    if told.any():
        out["told"] = 0.5 * F.binary_cross_entropy_with_logits(model.told(attribute)[told], t.told[told])
    facts = ~torch.isnan(t.fact)
    if facts.any():
        out["fact"] = 0.3 * F.smooth_l1_loss(model.fact(attribute)[facts, 0], t.fact[facts])
    if (t.native >= 0).any():
        out["native"] = 0.5 * F.cross_entropy(model.native(heads), t.native, ignore_index=-100)
    known = t.roles_known.sum(1) > 0
    if known.any() or (t.frames_known > 0).any():
        where = torch.arange(words.shape[1])[None] - t.at[:, 1:2]
        # a fifth of the triggers hide their type, so that the scorer does not lean on it
        types = torch.tensor([x if rng.random() > 0.2 else len(TYPES) for x in t.trigger_type.tolist()])
        pair = model.pairs.hidden(heads, words[t.at[:, 0]], distance_bucket(where), types)
        present = batch.is_word[t.at[:, 0]][..., None].float()
        if known.any():
            loss = F.binary_cross_entropy_with_logits(model.pairs.roles(pair), t.roles, reduction="none")
            weight = present * t.roles_known.repeat_interleave(2, 1)[:, None]
            out["roles"] = recipe.role_weight * (loss * weight).sum() / known.sum()
        if (t.frames_known > 0).any():
            loss = F.binary_cross_entropy_with_logits(model.pairs.frames(pair), t.frames, reduction="none")
            weight = present * t.frames_known[:, None, None]
            out["frames"] = 0.2 * (loss * weight).sum() / t.frames_known.sum()


@dataclass
class Group:
    """What one step learns from: units, and whole reports among them."""

    units: list[Encoded]
    settings: list[Setting] = field(default_factory=list)


def reports(found: Sequence[tuple[list[Encoded], Setting | None]], budget: int, rng: random.Random) -> list[Group]:
    """Shuffled groups of whole reports of about `budget` sub-words."""
    order = rng.sample(found, len(found))
    out: list[Group] = []
    size = budget
    for units, told in order:
        length = sum(len(u.ids) for u in units)
        if size + length > budget:
            out.append(Group([]))
            size = 0
        size += length
        out[-1].units.extend(units)
        out[-1].settings.extend([told] if told else [])
    return out


def fit(
    model: Reader, streams: list[tuple[list[Encoded], float]], epochs: int, recipe: Recipe, label: str,
    budget_scale: float = 1.0, whole: Sequence[tuple[list[Encoded], Setting | None]] = (),
) -> None:  # fmt: skip
    """Fits on the first stream and the `whole` reports for `epochs`; other streams are mixed in at their share of
    steps."""
    rng = random.Random(recipe.seed)
    torch.manual_seed(recipe.seed)
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    frozen = {"encoder.words.weight"} if recipe.freeze_words else set()
    body = [p for n, p in model.named_parameters() if n.startswith("encoder.") and n not in frozen]
    model.encoder.words.weight.requires_grad_(not recipe.freeze_words)
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": recipe.rate}, {"params": heads, "lr": recipe.head_rate}],
        weight_decay=0.01,
        fused=True,
    )
    budget = int(recipe.budget * budget_scale)
    plan: list[Group] = []
    for _ in range(epochs):
        epoch = [Group(g) for g in grouped(streams[0][0], budget, rng) if g] + reports(whole, budget, rng)
        for units, share in streams[1:]:
            wanted = int(len(epoch) * share)
            epoch += [Group(g) for g in grouped(rng.sample(units, min(len(units), wanted * 64)), budget, rng)[:wanted]]
        rng.shuffle(epoch)
        plan += epoch
    if not plan:
        return
    warm = max(1, len(plan) // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min((s + 1) / warm, max(0.02, (len(plan) - s) / (len(plan) - warm + 1)))
    )
    model.train()
    started, seen, sums, steps = time.time(), 0, {}, 0
    for n, group in enumerate(plan):
        parts = step_losses(model, group, recipe, rng)
        if not parts:
            continue  # a batch of general sentences in which nothing is annotated
        total = torch.stack(list(parts.values())).sum()
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        seen += sum(len(u.ids) for u in group.units)
        steps += 1
        for k, v in parts.items():
            a, b = sums.get(k, (0.0, 0))
            sums[k] = (a + v.item(), b + 1)
        if n % 100 == 99 or n == len(plan) - 1:
            rate = seen / (time.time() - started)
            shown = " ".join(f"{k} {a / b:.3f}" for k, (a, b) in sums.items())
            print(f"{label} {n + 1}/{len(plan)} {rate:.0f} sub-words/s {shown}", file=sys.stderr, flush=True)
            sums = {}
        if not math.isfinite(total.item()):
            raise SystemExit("the loss is not finite")


def general_units() -> list[Encoded]:
    units = general.propbank_units(("ewt_train", "ewt_dev", "ewt_test", "masc_propbank"))
    units += general.geneva_units() + general.wikievents_units() + general.entity_units()
    return encode([u for u in units if 3 <= len(u.words) <= 120])


def pretrained(recipe: Recipe, wide: list[Encoded]) -> Reader:
    """The model after the general corpora, from the cache where this recipe's is there."""
    shape = replace(recipe.shape, use_flags=False)
    # what is varied in the fit on the claims leaves this part alone
    key = Recipe(shape=shape, pretrain_epochs=recipe.pretrain_epochs, epochs=0, general=0.0)
    said = json.dumps([asdict(shape), key.pretrain_epochs, key.rate, key.head_rate, key.budget, key.freeze_words])
    path = HERE / "cache" / f"pretrain-{hashlib.sha256(said.encode()).hexdigest()[:12]}.pt"
    if path.exists():
        model = Reader.load(path)
        model.shape = recipe.shape
        return model
    torch.manual_seed(key.seed)
    model = Reader(recipe.shape)
    model.encoder.load_pretrained()
    if recipe.pretrain_epochs:
        fit(model, [(wide, 1.0)], recipe.pretrain_epochs, key, "pretrain", 1.5)
        path.parent.mkdir(exist_ok=True)
        part = path.with_suffix(".part")
        model.save(part)
        part.rename(path)
    return model


def run(recipe: Recipe, folder: Path) -> Reader:
    """Trains by the recipe into `folder` (recipe.json, model.pt); an existing model is loaded instead."""
    if (folder / "model.pt").exists():
        return Reader.load(folder / "model.pt")
    wide = general_units()
    native = sorted({t.native for u in wide for t in u.unit.triggers if t.native})
    recipe = replace(recipe, shape=replace(recipe.shape, native=native))
    model = Reader.load(Path(recipe.start) / "model.pt") if recipe.start else pretrained(recipe, wide)
    ids = fold_ids(recipe.fold)[0]
    if recipe.reports != "all":
        gold = set(corpora.gold_ids())
        ids = [k for k in ids if k in gold or (recipe.reports == "voa" and k.startswith("voa-"))]
    claims = corpora.gold_units(ids, recipe.window)
    if recipe.written:
        claims += corpora.sentence_units(HERE / "sentences")
    if recipe.shape.use_flags:
        from training.flags import Flagger, texts_of

        flagger = Flagger()
        flagger.add(claims, texts_of(claims))
        flagger.add([u.unit for u in wide], {})
    coded = encode(claims)
    told = settings([e for e in coded if e.unit.corpus == "gold"], load_documents(ids))
    gold = set(corpora.gold_ids())
    told += [t for t in told if t[0][0].unit.doc in gold] * (recipe.gold_times - 1)
    alone = [e for e in coded if e.unit.corpus != "gold"]
    fit(model, [(alone, 1.0), (wide, recipe.general)], recipe.epochs, recipe, "claims", whole=told)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "recipe.json").write_text(json.dumps(asdict(recipe), indent=1))
    model.save(folder / "model.pt")
    return model


def parse(argv: list[str] | None = None) -> tuple[Recipe, Path]:
    """`--name value` for any field of Recipe (shape fields as --shape.pair)."""
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--out", type=Path)
    defaults = Recipe()
    for name, value in asdict(defaults).items():
        if name != "shape":
            kind = (lambda s: s == "True") if isinstance(value, bool) else type(value)
            ap.add_argument(f"--{name}", type=kind, default=value)
    for name, value in asdict(defaults.shape).items():
        if name != "native":
            kind = (lambda s: s == "True") if isinstance(value, bool) else type(value)
            ap.add_argument(f"--shape.{name}", type=kind, default=value)
    given = vars(ap.parse_args(argv))
    out = given.pop("out")
    shape = Shape(**{k[6:]: given.pop(k) for k in list(given) if k.startswith("shape.")})
    recipe = Recipe(shape=shape, **given)
    return recipe, out or HERE / "runs" / recipe.digest()


if __name__ == "__main__":
    chosen, where = parse()
    run(chosen, where)
    print(where)
