"""The settings of a run: options, then the environment, then defaults (docs/settings.md describes each)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from casus.errors import UsageError


@dataclass(frozen=True, slots=True)
class Config:
    """What a run may differ in besides its input. Build it with `Config.load`.

    `cache` is the folder for what Casus compiles once (the place index). `actors` and `places` are a
    user's own files, laid over the shipped ones; `model` is the folder of another model.
    `threads` is how many cores the encoder may use, None for as many as it finds good.
    `min_confidence`: claims below it are left out; 0 keeps all that the reader itself keeps.
    """

    cache: Path
    actors: Path | None = None
    places: Path | None = None
    model: Path | None = None
    threads: int | None = None
    min_confidence: float = 0.0
    debug: bool = False

    def __post_init__(self) -> None:
        if not 0.0 <= self.min_confidence <= 1.0:
            raise UsageError(f"min-confidence {self.min_confidence} is no probability", "give 0 to 1")
        if self.threads is not None and self.threads < 1:
            raise UsageError(f"{self.threads} threads cannot read anything", "give 1 or more")
        for what, path in (("actors", self.actors), ("places", self.places), ("model", self.model)):
            if path is not None and not path.exists():
                raise UsageError(f"the {what} file {path} does not exist", "check the path")

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Config:
        """The settings of the environment (the process's own when `environ` is None) over the defaults."""
        env = os.environ if environ is None else environ
        cache = env.get("CASUS_CACHE")
        return cls(
            cache=Path(cache).expanduser() if cache else default_cache(),
            actors=_path(env, "CASUS_ACTORS"),
            places=_path(env, "CASUS_PLACES"),
            model=_path(env, "CASUS_MODEL"),
            threads=_int(env, "CASUS_THREADS"),
            min_confidence=_float(env, "CASUS_MIN_CONFIDENCE") or 0.0,
            debug=env.get("CASUS_DEBUG", "") not in ("", "0"),
        )

    def with_options(
        self,
        *,
        actors: Path | None = None,
        places: Path | None = None,
        min_confidence: float | None = None,
    ) -> Config:
        """The same with the options that were given; None is one that was not."""
        return replace(
            self,
            actors=actors or self.actors,
            places=places or self.places,
            min_confidence=self.min_confidence if min_confidence is None else min_confidence,
        )


# The environment variables that `Config.load` reads and what each is for, in the words of `casus doctor`.
SETTINGS: Mapping[str, str] = {
    "CASUS_CACHE": "folder for what is compiled once (the place index)",
    "CASUS_ACTORS": "your own actors, laid over the shipped ones",
    "CASUS_PLACES": "your own places, laid over the shipped ones",
    "CASUS_MODEL": "folder of another model than the shipped one",
    "CASUS_THREADS": "cores the encoder may use",
    "CASUS_MIN_CONFIDENCE": "claims below this probability are left out",
    "CASUS_DEBUG": "1 shows where in the code an error came from",
}


def default_cache() -> Path:
    """The folder that the operating system sets aside for this."""
    import platformdirs  # noqa: PLC0415 - only needed when no folder is given

    return Path(platformdirs.user_cache_path("casus"))


def _path(env: Mapping[str, str], name: str) -> Path | None:
    value = env.get(name)
    return Path(value).expanduser() if value else None


def _int(env: Mapping[str, str], name: str) -> int | None:
    value = env.get(name)
    try:
        return int(value) if value else None
    except ValueError:
        raise UsageError(f"{name} is {value!r}, not a whole number") from None


def _float(env: Mapping[str, str], name: str) -> float | None:
    value = env.get(name)
    try:
        return float(value) if value else None
    except ValueError:
        raise UsageError(f"{name} is {value!r}, not a number") from None
