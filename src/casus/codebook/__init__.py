"""The vocabulary of event types: PLOVER by default, with crosswalks to CAMEO and ACLED.

    book = Codebook.load()
    book.type("ASSAULT").quad                                   # "material-conflict"
    book.intensity("CONSULT", "phone")                          # 1.5
    book.to_cameo("ACCUSE", "investigate").root                 # "09"
    book.to_acled("ASSAULT", "aerial", ["MIL"]).acled           # Explosions/Remote violence, Air/drone strike

Docs: docs/codebook.md. The data files stand beside this one and carry their sources.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from casus.codebook import load as _load
from casus.codebook.crosswalk import fits
from casus.codebook.model import (
    AcledAnswer,
    AcledRule,
    AcledType,
    Basis,
    CameoCode,
    CameoRoot,
    EventType,
    Mode,
    QuadClass,
)
from casus.errors import RecordError
from casus.records import Sector

__all__ = [
    "AcledAnswer",
    "AcledRule",
    "AcledType",
    "Basis",
    "CameoCode",
    "CameoRoot",
    "Codebook",
    "EventType",
    "Mode",
    "QuadClass",
]

_Key = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Codebook:
    """Types, modes, intensity and crosswalks. `digest`: SHA-256 over the data files, 64 hex digits."""

    name: str
    version: str
    digest: str
    sources: tuple[str, ...]
    types: tuple[EventType, ...]
    cameo_roots: tuple[CameoRoot, ...]
    acled_types: tuple[AcledType, ...]
    _by_name: Mapping[str, EventType] = field(repr=False, compare=False)
    _to_cameo: Mapping[_Key, CameoCode] = field(repr=False, compare=False)
    _from_cameo: Mapping[str, _Key] = field(repr=False, compare=False)
    _to_acled: Mapping[_Key, tuple[AcledRule, ...]] = field(repr=False, compare=False)

    @staticmethod
    def load() -> Codebook:
        """The packaged codebook, read once. Raises DataError where a file is missing or malformed."""
        return _packaged()

    @property
    def type_names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    def type(self, name: str) -> EventType:
        """The type of that name (upper case). Raises RecordError where there is none."""
        found = self._by_name.get(name)
        if found is None:
            raise RecordError(f"no event type {name!r}", f"one of {', '.join(self._by_name)}")
        return found

    def mode(self, type: str, name: str) -> Mode:
        """The mode of that name under the type. Raises RecordError where there is none."""
        owner = self.type(type)
        found = next((mode for mode in owner.modes if mode.name == name), None)
        if found is None:
            hint = f"one of {', '.join(owner.mode_names)}, or none" if owner.modes else f"{type} has no modes"
            raise RecordError(f"{type} has no mode {name!r}", hint)
        return found

    def check(self, type: str, mode: str | None = None) -> None:
        """Raises RecordError unless the type exists and allows the mode (None always goes)."""
        self._entry(type, mode)

    def intensity(self, type: str, mode: str | None = None) -> float:
        """From -10 (most hostile) to 10 (most friendly), of the mode where there is one."""
        return self._entry(type, mode).intensity

    def to_cameo(self, type: str, mode: str | None = None) -> CameoCode:
        """The nearest CAMEO code; `.root` is its root, `.note` what is lost. Every type and mode has one."""
        self.check(type, mode)
        return self._to_cameo[type, mode]

    def from_cameo(self, code: str) -> tuple[str, str | None] | None:
        """Type and mode of a CAMEO code of 2 to 4 digits; None under roots 01 and 02, which PLOVER lacks.

        A code that is not listed is taken as its parent ("1234" as "123"); a bare root as its general code
        ("19" as "190"). Raises RecordError where not even the root exists.
        """
        known = code[:2] in {root.code for root in self.cameo_roots}
        if not (known and len(code) <= 4 and code.isascii() and code.isdecimal()):
            raise RecordError(f"no CAMEO code {code!r}", "two to four digits, roots 01 to 20")
        tries = (code, code[:3], f"{code[:2]}0")
        return next((self._from_cameo[key] for key in tries if key in self._from_cameo), None)

    def to_acled(
        self,
        type: str,
        mode: str | None = None,
        actors: Sequence[Sector] = (),
        recipients: Sequence[Sector] = (),
        *,
        weapon: str | None = None,
        harmed: bool = False,
    ) -> AcledAnswer:
        """ACLED's type for a deed that happened, by the sectors of the sides, the weapon's words, the harm.

        `.acled` is None where ACLED has no equivalent; `.note` says why, or what the mapping loses.
        Denied, planned and hypothetical claims are no ACLED events: the caller leaves them out.
        """
        rules = self.acled_rules(type, mode)
        # the last rule of each type and mode asks for nothing (a test holds that), so one always fits
        return next(rule.answer for rule in rules if fits(rule, actors, recipients, weapon, harmed))

    def acled_rules(self, type: str, mode: str | None = None) -> tuple[AcledRule, ...]:
        """The rows behind `to_acled`, in the order in which they are tried."""
        self.check(type, mode)
        return self._to_acled[type, mode]

    def _entry(self, type: str, mode: str | None) -> EventType | Mode:
        return self.type(type) if mode is None else self.mode(type, mode)


@cache
def _packaged() -> Codebook:
    texts = _load.read_texts()
    name, version, sources, types = _load.types(texts["plover.toml"])
    acled = _load.acled_types(texts["acled_types.tsv"])
    joined = "\0".join(f"{file}\0{texts[file].replace(chr(13), '')}" for file in _load.FILES)
    return Codebook(
        name=name,
        version=version,
        digest=hashlib.sha256(joined.encode("utf-8")).hexdigest(),
        sources=sources,
        types=types,
        cameo_roots=tuple(_load.cameo_roots(texts["cameo_roots.tsv"]).values()),
        acled_types=tuple(acled.values()),
        _by_name={entry.name: entry for entry in types},
        _to_cameo=_load.to_cameo(texts["to_cameo.tsv"]),
        _from_cameo=_load.from_cameo(texts["from_cameo.tsv"]),
        _to_acled=_load.acled_rules(texts["to_acled.tsv"], acled),
    )
