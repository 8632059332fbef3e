"""The checks of `casus doctor`: is everything there that a reading needs, and where."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from datetime import date
from importlib import metadata
from pathlib import Path
from time import perf_counter

from casus.config import SECRETS, SETTINGS, Config
from casus.errors import CasusError, UsageError
from casus.pipeline import open_reader, read_document
from casus.records import Document

DISTRIBUTION = "casus-events"

# one strike with its sides, place, toll, source and day: a reader that works finds it
PROBE = "Islamabad: Iranian aircraft bombed a village in Pakistan on Tuesday, killing two children, police said."


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, what was found there, and what to do when it is not good."""

    what: str
    good: bool
    found: str
    hint: str = ""


def examine(config: Config | None = None) -> list[Check]:
    """Every check, in the order in which one thing needs the other; none raises.

    Without `config` the settings are those of the environment, less those that make no sense.
    """
    settings, kept = _settings()
    config = config or kept
    return [_python(), *_packages(), *settings, _cache(config.cache), _codebook(), _reader(config)]


def _python() -> Check:
    return Check("python", True, f"{platform.python_version()} on {platform.system()} {platform.machine()}")


def _packages() -> list[Check]:
    try:
        needed = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        hint = f"install {DISTRIBUTION} instead of running it from a folder"
        return [Check("casus", False, "is not installed", hint)]
    checks = [Check("casus", True, metadata.version(DISTRIBUTION))]
    # what only an extra needs may be absent
    for requirement in (r for r in needed if "extra ==" not in r):
        name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
        try:
            checks.append(Check(name, True, metadata.version(name)))
        except metadata.PackageNotFoundError:
            checks.append(Check(name, False, "is missing", f"reinstall {DISTRIBUTION}"))
    return checks


def _settings() -> tuple[list[Check], Config]:
    """A check for each setting that is set, and the settings that all the good ones make."""
    checks, good = list[Check](), dict[str, str]()
    for name in SETTINGS:
        value = os.environ.get(name)
        if not value:
            continue
        try:
            Config.load({name: value})
        except UsageError as error:
            checks.append(Check(name, False, error.message, error.hint))
            continue
        good[name] = value
        checks.append(Check(name, True, "is set" if name in SECRETS else value))
    return checks, Config.load(good)


def _cache(folder: Path) -> Check:
    there = next((at for at in (folder, *folder.parents) if at.exists()), folder)
    good = there.is_dir() and os.access(there, os.W_OK)
    hint = "set CASUS_CACHE to a folder that you may write to"
    return Check("cache", good, str(folder) if good else f"{folder} cannot be written to", hint)


def _codebook() -> Check:
    from casus.codebook import Codebook  # noqa: PLC0415 - so that a broken one is reported and not raised

    try:
        book = Codebook.load()
    except CasusError as error:
        return Check("codebook", False, error.message, error.hint)
    return Check("codebook", True, f"{book.name} {book.version}, {len(book.types)} types")


def _reader(config: Config) -> Check:
    """Loads the model and the indexes, and reads one sentence with them."""
    began = perf_counter()
    try:
        open_reader(config)
        loaded = perf_counter() - began
        probe = Document.of(PROBE, published=date(2024, 1, 18), published_basis="given")
        claims = read_document(probe, config=config)
    except CasusError as error:
        return Check("reader", False, error.message, error.hint)
    except Exception as error:  # a broken library shows itself in as many ways as there are libraries
        return Check("reader", False, f"{type(error).__name__}: {error}", f"reinstall {DISTRIBUTION}")
    if not any(claim.type == "ASSAULT" for claim in claims):
        return Check("reader", False, "missed the strike in a plain sentence", "the model is not the shipped one")
    return Check("reader", True, f"{claims[0].reader}, loaded in {loaded:.2f} s, reads a plain sentence")
