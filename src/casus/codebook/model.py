"""The records of the codebook: types, modes and the ACLED and CAMEO codes that they become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

QuadClass = Literal["verbal-cooperation", "material-cooperation", "verbal-conflict", "material-conflict"]
# whose value an intensity is: printed in the PLOVER manual, or chosen by us
Basis = Literal["plover", "casus"]


@dataclass(frozen=True, slots=True)
class Mode:
    """One way in which a type of event is done. `intensity` is -10 (hostile) to 10 (friendly)."""

    name: str
    definition: str
    intensity: float
    basis: Basis = "plover"
    why: str = ""


@dataclass(frozen=True, slots=True)
class EventType:
    """One of the sixteen types. `speech_act`: done by speaking, so the speaker is the actor."""

    name: str
    definition: str
    quad: QuadClass
    speech_act: bool
    intensity: float
    basis: Basis = "plover"
    why: str = ""
    modes: tuple[Mode, ...] = ()

    @property
    def mode_names(self) -> tuple[str, ...]:
        return tuple(mode.name for mode in self.modes)

    @property
    def is_cooperation(self) -> bool:
        return self.quad.endswith("cooperation")

    @property
    def is_verbal(self) -> bool:
        return self.quad.startswith("verbal")


@dataclass(frozen=True, slots=True)
class CameoRoot:
    """One of CAMEO's twenty root codes. `reached`: a type or mode leads there; else `note` says why not."""

    code: str
    label: str
    reached: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class CameoCode:
    """A CAMEO code of three or four digits, and what is lost on the way."""

    code: str
    note: str = ""

    @property
    def root(self) -> str:
        return self.code[:2]


@dataclass(frozen=True, slots=True)
class AcledType:
    """One of ACLED's twenty-five sub-event types, with the event type and disorder type above it."""

    event_type: str
    sub_event_type: str
    disorder_type: str
    reached: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class AcledAnswer:
    """What a claim becomes in ACLED: `acled` None means no equivalent; `note` says why, or what is lost."""

    acled: AcledType | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AcledRule:
    """One row of the crosswalk; the first row that fits decides. See the head of to_acled.tsv."""

    type: str
    mode: str | None
    actor: str
    recipient: str
    weapon: str
    harmed: str
    answer: AcledAnswer
