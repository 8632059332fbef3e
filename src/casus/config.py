"""The settings of a run: options, then the environment, then defaults (docs/settings.md describes each)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from casus.errors import UsageError

ReaderName = Literal["shipped", "llm"]

# seconds for one answer: a model of 30 billion parameters on one desktop card writes a long one in about that
TIMEOUT = 120.0
# in the folder that one works in, so that each matter has a ledger of its own
LEDGER = Path("ledger.casus")


@dataclass(frozen=True, slots=True)
class Llm:
    """The second reader: an OpenAI-compatible `endpoint`, a `model` that it knows, and how much it may be asked.

    `doubt`: ask only about sentences in which the small network is that close to its threshold, None for all.
    `max_calls` and `max_tokens` hold for a run; `timeout` is in seconds, for one answer. `key` is the API key.
    """

    endpoint: str | None = None
    model: str | None = None
    key: str | None = field(default=None, repr=False)
    doubt: float | None = None
    # by hand: some hundreds of reports; an endless folder should not become an endless bill
    max_calls: int = 1_000
    max_tokens: int = 2_000_000
    timeout: float = TIMEOUT

    def __post_init__(self) -> None:
        if self.endpoint is not None:
            _check_address(self.endpoint)
        if self.key is not None and not re.fullmatch(r"[!-~]+", self.key):
            raise UsageError("CASUS_LLM_KEY holds blanks or characters that no key has", "set it to the key alone")
        if self.doubt is not None and not 0.0 <= self.doubt <= 1.0:
            raise UsageError(f"doubt {self.doubt} is no distance between probabilities", "give 0 to 1")
        if self.max_calls < 1 or self.max_tokens < 1:
            raise UsageError("a budget below 1 cannot read anything", "give --max-calls and --max-tokens 1 or more")
        if not 0.0 < self.timeout <= 86_400:
            raise UsageError(f"a time-out of {self.timeout} seconds makes no sense", "give more than 0, a day at most")

    def with_options(
        self,
        *,
        endpoint: str | None = None,
        model: str | None = None,
        doubt: float | None = None,
        max_calls: int | None = None,
        max_tokens: int | None = None,
    ) -> Llm:
        """The same with the options that were given; None is one that was not."""
        return replace(
            self,
            endpoint=endpoint or self.endpoint,
            model=model or self.model,
            doubt=self.doubt if doubt is None else doubt,
            max_calls=self.max_calls if max_calls is None else max_calls,
            max_tokens=self.max_tokens if max_tokens is None else max_tokens,
        )


def _check_address(address: str) -> None:
    """Raises UsageError unless it is http or https with a host, and no password in it, which would be recorded."""
    try:
        parts = urlsplit(address)
        known, host = parts.scheme in ("http", "https"), parts.hostname
        _ = parts.port
    except ValueError:
        known, host = False, None
    if not known or not host or not address.isprintable() or " " in address:
        raise UsageError("the endpoint is no http or https address", "such as --endpoint http://localhost:11434/v1")
    if "@" in parts.netloc:
        raise UsageError("the endpoint holds a user name or password", "put the key into CASUS_LLM_KEY")


def _check_there(what: str, path: Path) -> None:
    """Raises UsageError where nothing is at the path, or nothing that may be looked at."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{what} does not exist", "check the path") from None
    except OSError as error:
        raise UsageError(f"{what} cannot be opened: {error.strerror}", "check the path") from None


@dataclass(frozen=True, slots=True)
class Config:
    """What a run may differ in besides its input. Build it with `Config.load`.

    `cache` is the folder for what Casus compiles once (the place index). `actors` and `places` are a
    user's own files, laid over the shipped ones; `model` is the folder of another model.
    `threads` is how many cores the encoder may use, None for as many as it finds good.
    `min_confidence`: claims below it are left out; 0 keeps all that the reader itself keeps.
    `reader` "llm" asks a language model over the network (`llm`); nothing else ever does.
    `ledger` is the file of the ledger where none is named, `by` who decides, None for the login name.
    """

    cache: Path
    actors: Path | None = None
    places: Path | None = None
    model: Path | None = None
    threads: int | None = None
    min_confidence: float = 0.0
    debug: bool = False
    reader: ReaderName = "shipped"
    llm: Llm = Llm()
    ledger: Path = LEDGER
    by: str | None = None

    def __post_init__(self) -> None:
        if self.reader == "llm" and not (self.llm.endpoint and self.llm.model):
            raise UsageError("the second reader needs an endpoint and a model", "give --endpoint URL and --model NAME")
        if not 0.0 <= self.min_confidence <= 1.0:
            raise UsageError(f"min-confidence {self.min_confidence} is no probability", "give 0 to 1")
        if self.threads is not None and self.threads < 1:
            raise UsageError(f"{self.threads} threads cannot read anything", "give 1 or more")
        for what, path in (("actors", self.actors), ("places", self.places), ("model", self.model)):
            if path is not None:
                _check_there(f"the {what} {'folder' if what == 'model' else 'file'} {path}", path)

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Config:
        """The settings of the environment (the process's own when `environ` is None) over the defaults."""
        env = os.environ if environ is None else environ
        timeout = _float(env, "CASUS_LLM_TIMEOUT")
        return cls(
            cache=_path(env, "CASUS_CACHE") or default_cache(),
            actors=_path(env, "CASUS_ACTORS"),
            places=_path(env, "CASUS_PLACES"),
            model=_path(env, "CASUS_MODEL"),
            threads=_int(env, "CASUS_THREADS"),
            min_confidence=_float(env, "CASUS_MIN_CONFIDENCE") or 0.0,
            debug=env.get("CASUS_DEBUG", "") not in ("", "0"),
            llm=Llm(
                endpoint=env.get("CASUS_LLM_ENDPOINT") or None,
                model=env.get("CASUS_LLM_MODEL") or None,
                key=(env.get("CASUS_LLM_KEY") or "").strip() or None,
                timeout=TIMEOUT if timeout is None else timeout,
            ),
            ledger=_path(env, "CASUS_LEDGER") or LEDGER,
            by=(env.get("CASUS_BY") or "").strip() or None,
        )

    def with_options(
        self,
        *,
        actors: Path | None = None,
        places: Path | None = None,
        min_confidence: float | None = None,
        reader: ReaderName | None = None,
        llm: Llm | None = None,
    ) -> Config:
        """The same with the options that were given; None is one that was not."""
        return replace(
            self,
            actors=actors or self.actors,
            places=places or self.places,
            min_confidence=self.min_confidence if min_confidence is None else min_confidence,
            reader=reader or self.reader,
            llm=llm or self.llm,
        )


# The environment variables that `Config.load` reads and what each is for, in the words of `casus doctor`.
SETTINGS: Mapping[str, str] = {
    "CASUS_CACHE": "folder for what is compiled once (the place index)",
    "CASUS_ACTORS": "your own actors, laid over the shipped ones",
    "CASUS_PLACES": "your own places, laid over the shipped ones",
    "CASUS_MODEL": "folder of another model than the shipped one",
    "CASUS_THREADS": "cores the encoder may use",
    "CASUS_MIN_CONFIDENCE": "claims below this probability are left out",
    "CASUS_LLM_ENDPOINT": "address of the second reader's endpoint",
    "CASUS_LLM_MODEL": "name of the second reader's model",
    "CASUS_LLM_KEY": "API key of that endpoint",
    "CASUS_LLM_TIMEOUT": "seconds that one answer of it may take",
    "CASUS_LEDGER": "the ledger, where no option names one",
    "CASUS_BY": "the name under which decisions are written down",
    "CASUS_DEBUG": "1 shows where in the code an error came from",
}
# settings whose value is never shown
SECRETS = frozenset(("CASUS_LLM_KEY",))


def default_cache() -> Path:
    """The folder that the operating system sets aside for this."""
    import platformdirs  # noqa: PLC0415 - only needed when no folder is given

    return Path(platformdirs.user_cache_path("casus"))


def _path(env: Mapping[str, str], name: str) -> Path | None:
    value = env.get(name)
    try:
        return Path(value).expanduser() if value else None
    except RuntimeError:  # nobody of the name behind the ~
        raise UsageError(f"{name} is {value!r}, and there is no such home", "check the path") from None


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
