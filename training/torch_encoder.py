"""The trained network behind the same interface as the shipped ONNX encoder, for measuring before export."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from casus.reader.context import PREFIX
from casus.reader.encoder import Floats, Window
from casus.reader.heads import Heads
from training.batches import encode, make_batch
from training.corpora import Unit
from training.labels import NAMES, ROLES, STATUSES, TYPE_MODES, TYPES
from training.model import BF16, Reader

HEADS = ("detect", "more", "attribute.0", "mode", "status", "told", "names",
         "pairs.trigger", "pairs.word", "pairs.distance", "pairs.kinds", "pairs.roles")  # fmt: skip
# 0.5: precision and recall of the averaged network are about equal there, on the development reports
THRESHOLDS = {"trigger": 0.5} | dict.fromkeys(ROLES, 0.5) | {"date": 0.5, "source": 0.12}


def heads_of(
    model: Reader, thresholds: dict[str, float] | None = None, window: int = 0
) -> Heads:
    """The heads' weights as numpy arrays with their label sets."""
    mine = {k for k in model.state_dict() if k.rpartition(".")[0] in HEADS or k.startswith(PREFIX)}
    weights = {k: v.numpy() for k, v in model.state_dict().items() if k in mine}
    return Heads(weights, labels(thresholds, window))


def labels(thresholds: dict[str, float] | None = None, window: int = 0) -> dict[str, object]:
    return {
        "types": TYPES, "type_modes": TYPE_MODES, "statuses": STATUSES, "roles": ROLES, "names": NAMES,
        "thresholds": THRESHOLDS | (thresholds or {}), "window": window,
    }  # fmt: skip


class TorchEncoder:
    """Runs the network as it stands in memory, float32."""

    name = "torch"

    def __init__(self, model: Reader) -> None:
        self.model = model.eval()

    @torch.no_grad()
    def run(self, windows: Sequence[Window]) -> list[Floats]:
        units = [Unit("run", str(n), list(w.words), flags=list(w.flags)) for n, w in enumerate(windows)]
        order = sorted((u for u in units if u.words), key=lambda u: len(u.words))
        out: list[Floats] = [np.zeros((len(w.words), 384), np.float32) for w in windows]
        coded = encode(order)
        for at in range(0, len(coded), 32):
            batch = make_batch(coded[at : at + 32], self.model.shape, None)
            with torch.autocast("cpu", torch.bfloat16, enabled=BF16):
                hidden = self.model.encoder(batch.ids, batch.shapes, batch.flags).float()
            for row, unit in zip(hidden, batch.units, strict=True):
                out[int(unit.unit.doc)][: len(unit.first)] = row[unit.first].numpy()
        return out
