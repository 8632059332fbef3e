"""Answers of a language model on disk, each under the hash of what was asked: asked once, read for ever."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

from casus.errors import DataError

_HINT = "set CASUS_CACHE to a folder that you may write to"


class Answers:
    """The kept answers below a folder, which is made if need be. Raises DataError where it cannot be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(f"answers cannot be kept in {folder}: {error.strerror}", _HINT) from error

    def get(self, key: str) -> str | None:
        """The reply kept under the key; None where there is none, or what is there is not whole."""
        try:
            found = json.loads(self._path(key).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        reply = found.get("reply") if isinstance(found, dict) and found.get("key") == key else None
        return reply if isinstance(reply, str) else None

    def put(self, key: str, reply: str, model: str) -> None:
        """Keeps the reply; another run that reads meanwhile sees all of it or nothing. Raises DataError."""
        path = self._path(key)
        data = json.dumps({"key": key, "model": model, "reply": reply}, indent=1).encode()
        try:
            path.parent.mkdir(exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(path)
        except OSError as error:
            raise DataError(f"the answer cannot be kept in {self.folder}: {error.strerror}", _HINT) from error

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


def key_of(*parts: str) -> str:
    """SHA-256 over the parts, 64 hexadecimal digits."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
