"""By what documents are read and linked: the package, and digests of model, codebook, linking and settings."""

from __future__ import annotations

import hashlib
import json
from importlib import metadata

from casus.codebook import Codebook
from casus.config import Config
from casus.errors import ModelError
from casus.linking.score import shipped


def recipe(config: Config) -> dict[str, str]:
    """By what documents are read and linked: the package, and digests of model, codebook, linking and settings."""
    return {
        "package": _package(),
        "model": _model(config),
        "codebook": Codebook.load().digest,
        "linking": shipped().digest,
        "settings": _settings(config),
    }


def _package() -> str:
    try:
        return metadata.version("casus-events")
    except metadata.PackageNotFoundError:
        return "not installed"


def _model(config: Config) -> str:
    """Name and digest of the reader's model; a language model has no digest that we could know."""
    from casus.reader.encoder import MODEL_FOLDER  # noqa: PLC0415 - loads the model's libraries

    folder = config.model or MODEL_FOLDER
    try:
        name = json.loads((folder / "model.json").read_text(encoding="utf-8"))["name"]
        whole = hashlib.sha256()
        for file in sorted(p for p in folder.iterdir() if p.is_file()):
            whole.update(file.read_bytes())
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"the model in {folder} cannot be read: {error}") from error
    small = f"{name} {whole.hexdigest()[:12]}"
    return f"llm:{config.llm.model}, doubt {config.llm.doubt}, {small}" if config.reader == "llm" else small


def _settings(config: Config) -> str:
    own = [path.read_bytes() if path else None for path in (config.actors, config.places)]
    parts = [None if data is None else _digest(data) for data in own]
    return _digest(json.dumps([*parts, config.min_confidence]).encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
