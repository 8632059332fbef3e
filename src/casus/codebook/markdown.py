"""Writes the codebook out for people: `python -m casus.codebook.markdown > docs/codebook.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from casus.codebook import Codebook, EventType, Mode
from casus.codebook.model import AcledRule

_HEAD = """\
# The codebook

<!-- written by `python -m casus.codebook.markdown`; a test holds it equal to the data files -->

Casus codes events with {name} (codebook version {version}): {n} types, some with modes. A claim has one type
and at most one mode. The data files are in `src/casus/codebook/` and name their sources:

{sources}

**Intensity** runs from -10 (most hostile) to 10 (most friendly). Values are those printed in the PLOVER
manual, except those marked \\*, which are ours; the reason stands under the table of the type.
A **speech act** is done by speaking: its speaker is the actor of the claim and not its source.

```python
from casus.codebook import Codebook

book = Codebook.load()
book.type("ASSAULT").mode_names  # ("abduct", "beat", ...)
book.intensity("CONSULT", "phone")  # 1.5
book.to_cameo("ACCUSE", "investigate").code  # "090"
book.from_cameo("1723")  # ("COERCE", "curfew")
book.to_acled("ASSAULT", "firearms", ["UAF"], ["CVL"]).acled  # Violence against civilians, Attack
```

An unknown type or mode raises `RecordError` with the names that go.
"""

_ACLED = """\
## To ACLED

By type, mode, the sectors of the sides, the weapon's words and whether killed or injured are given; the first
row that fits decides. "-" means that ACLED has no equivalent. Only claims with status *happened* are events
in ACLED; denied, planned and hypothetical ones have no place there. Every row loses something where the note
says so.

Sides: *fighters*: one of MIL, COP, SPY, REB, UAF is named; *rebels*: REB or UAF; *force*: fighters or GOV;
*both-force*: two or more are named, all of them force; *unarmed*: named, and none of them force; *any*.
"""


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _table(head: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    return "\n".join([_row(head), _row("---" for _ in head), *map(_row, rows)])


def _score(entry: EventType | Mode) -> str:
    return f"{entry.intensity:g}" + ("\\*" if entry.basis == "casus" else "")


def _type(entry: EventType) -> str:
    facts = f"{entry.quad.replace('-', ' ')}; intensity {_score(entry)}"
    parts = [f"### {entry.name}", entry.definition, facts + ("; speech act" if entry.speech_act else "")]
    if entry.modes:
        rows = ((f"`{mode.name}`", mode.definition, _score(mode)) for mode in entry.modes)
        parts.append(_table(("mode", "what", "intensity"), rows))
    entries: tuple[EventType | Mode, ...] = (entry, *entry.modes)
    own = [(each.name, each.why) for each in entries if each.why]
    if own:
        parts.append("\n".join(f"\\* {name}: {why}." for name, why in own))
    return "\n\n".join(parts)


def _acled_row(rule: AcledRule) -> list[str]:
    acled = rule.answer.acled
    target = f"{acled.event_type}: {acled.sub_event_type}" if acled else "-"
    extra = [f"weapon {rule.weapon}"] if rule.weapon != "any" else []
    extra += ["killed or injured given"] if rule.harmed == "yes" else []
    return [
        rule.type, rule.mode or "-", rule.actor, rule.recipient, ", ".join(extra), target, rule.answer.note
    ]  # fmt: skip


def to_markdown(book: Codebook) -> str:
    """The whole codebook as one Markdown page."""
    pairs = [(t.name, m) for t in book.types for m in (None, *t.mode_names)]
    sources = "\n".join(f"- {source}" for source in book.sources)
    parts = [_HEAD.format(name=book.name, version=book.version, n=len(book.types), sources=sources)]
    parts += ["## Types and modes", *map(_type, book.types), "## To CAMEO"]
    cameo = ((t, m or "-", book.to_cameo(t, m).code, book.to_cameo(t, m).note) for t, m in pairs)
    parts.append(_table(("type", "mode", "CAMEO", "what is lost"), cameo))
    parts.append("Root codes that no claim becomes:")
    parts.append("\n".join(f"- {r.code} ({r.label}): {r.note}." for r in book.cameo_roots if not r.reached))
    parts.append("## From CAMEO")
    parts.append("`from_cameo.tsv` has the table, after CAMEO2PLOVER-2021; notes say where we differ and why.")
    parts.append(_ACLED.rstrip())
    head = ("type", "mode", "actor", "recipient", "if", "ACLED", "note")
    parts.append(_table(head, (_acled_row(rule) for t, m in pairs for rule in book.acled_rules(t, m))))
    parts.append("Sub-event types that no claim becomes:")
    missed = (a for a in book.acled_types if not a.reached)
    parts.append("\n".join(f"- {a.event_type}: {a.sub_event_type}: {a.note}." for a in missed))
    return "\n\n".join(part.strip() for part in parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(to_markdown(Codebook.load()))
