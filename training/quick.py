"""Fast figures of a run without the world: claims and role words on held-out documents, by threshold."""

from __future__ import annotations

import argparse
import importlib.util
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from casus.reader.decode import draft_claims, make_windows
from casus.reader.heads import Detected, Heads
from training import corpora
from training.flags import Flagger
from training.labels import ROLES
from training.model import Reader
from training.torch_encoder import TorchEncoder, heads_of
from training.train import Recipe, held_gold

spec = importlib.util.spec_from_file_location("score_claims", corpora.SHARED / "tools/score_claims.py")
assert spec and spec.loader
scorer: Any = importlib.util.module_from_spec(spec)
spec.loader.exec_module(scorer)

GRID = (0.2, 0.3, 0.4, 0.5, 0.6)


def detect(model: Reader, ids: list[str]) -> dict[str, Any]:
    """Claim scores at each threshold, and role-word scores given gold triggers."""
    encoder = TorchEncoder(model)
    flagger = Flagger()
    heads = heads_of(model, {"trigger": min(GRID)})
    preds, seen, roles = [], Counter(), defaultdict(lambda: [0, 0, 0])
    for key in ids:
        doc = corpora.load_doc(key)
        text = doc["text"]
        windows = make_windows(text, [tuple(s) for s in doc["sentences"]], flagger.names(text))
        hidden = encoder.run(windows)
        for d in draft_claims(windows, hidden, heads, [tuple(s) for s in doc["sentences"]]):
            preds.append({"doc": key, "start": d.start, "end": d.end, "type": d.detected.type,
                          "status": d.detected.status, "background": d.detected.background > 0.5,
                          "p": d.detected.probability})  # fmt: skip
        for claim in corpora.load_claims(key):
            _roles(text, doc, claim, windows, hidden, heads, roles, seen)
    out: dict[str, Any] = {}
    for threshold in GRID:
        kept = [dict(p) for p in preds if p["p"] > threshold]
        figures, _ = scorer.score(str(corpora.SHARED / "gold"), kept, set(ids))
        out[f"claim@{threshold}"] = tuple(figures["claim"][k] for k in ("p", "r", "f1"))
        if threshold == 0.4:
            fields = figures["field_accuracy_on_paired"]
            out["status_not_happened"] = fields.get("status_not_happened")
            out["background"] = fields.get("background")
            out["macro"] = figures["claim_macro_f1"]
    for role in ROLES:
        tp, p, g = roles[role]
        out[role] = (round(tp / max(1, p), 3), round(tp / max(1, g), 3), round(2 * tp / max(1, p + g), 3), g)
    out["status_gold_triggers"] = {k: f"{seen[k, True]}/{seen[k, True] + seen[k, False]}" for k in {k for k, _ in seen}}
    return out


def _roles(text: str, doc: Any, claim: Any, windows: Any, hidden: Any, heads: Heads, roles: Any, seen: Any) -> None:
    """Counts overlapping role words for one gold claim, its trigger and type given."""
    window = windows[claim["s"]]
    sentence = tuple(doc["sentences"][claim["s"]])
    trigger = corpora.claim_trigger(text, claim, list(window.spans), sentence, sentence)
    if trigger is None:
        return
    states = hidden[claim["s"]]
    given = Detected(trigger.first, trigger.last, claim["type"], 1.0, None, "happened", 1.0, 0.0, 0.0)
    found = heads._attributes(states[trigger.first], _one_hot(heads, claim["type"]), trigger.first, trigger.last)
    if trigger.status != "happened" or found.status != "happened":
        seen[trigger.status, found.status == trigger.status] += 1
    scores = heads.role_scores(states, given, heads.projected(states))
    predicted = [(s.role, s.first, s.last) for s in heads.spans(scores)]
    for role, a, b in predicted:
        roles[role][1] += 1
        roles[role][0] += any(r == role and a <= y and x <= b for r, x, y in trigger.roles)
    for role, _, _ in trigger.roles:
        roles[role][2] += 1


def _one_hot(heads: Heads, kind: str) -> Any:
    import numpy as np

    p = np.zeros(len(heads.types) + 1, np.float32)
    p[heads.types.index(kind)] = 1.0
    return p


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("runs", nargs="+", type=Path)
    ap.add_argument("--dev", action="store_true")
    a = ap.parse_args()
    for run in a.runs:
        recipe = json.loads((run / "recipe.json").read_text())
        fold = recipe["fold"]
        ids = held_gold(fold) if fold >= 0 and not a.dev else corpora.dev_ids()[:-1]
        out = detect(Reader.load(run / "model.pt"), ids)
        (run / ("quick-dev.json" if a.dev else "quick.json")).write_text(json.dumps(out, indent=1))
        changed = {k: v for k, v in recipe.items() if k != "shape" and v != getattr(Recipe(), k)}
        print(run.name, changed)
        print(json.dumps(out))


if __name__ == "__main__":
    main()
