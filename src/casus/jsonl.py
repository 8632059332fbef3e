"""Claims, events, decisions and what else a ledger shows, each as a line of JSON; docs/reading.md and docs/ledger.md.

A claim's line is the form that the scorer takes, with the words, ids and reasons behind each value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casus.events import Decision, Event
from casus.fields import claim_fields, event_fields, in_a_line
from casus.records import Claim, Document

if TYPE_CHECKING:  # reading needs no ledger
    from casus.keeping import Run
    from casus.ledger.changing import Decided
    from casus.ledger.history import LogLine
    from casus.ledger.settled import Changes
    from casus.ledger.why import Why

__all__ = [
    "claim_line", "decided_line", "decision_line", "event_line", "in_a_line", "log_line", "run_line", "why_line",
]  # fmt: skip


def claim_line(document: Document, claim: Claim, *, text: bool = False, held: Event | None = None) -> str:
    """The claim as JSON without a line break; the fields are described in docs/reading.md.

    Offsets are code points into the document's text, and every quote stands there; with `text` the line holds it
    whole. `held` is the event of a ledger in which the claim is. A text that holds half a surrogate pair is escaped
    whole.
    """
    more: dict[str, Any] = {"ledger_event": held.id} if held else {}
    # not `text`: beside the `start` and `end` of the trigger that would be the trigger's words
    return in_a_line(claim_fields(document, claim) | more | ({"document_text": document.text} if text else {}))


# ------------------------------------------------------------------ what a ledger holds


def event_line(event: Event) -> str:
    """The event as JSON without a line break; the fields are described in docs/ledger.md."""
    return in_a_line(event_fields(event))


def run_line(run: Run) -> str:
    """What a run of adding came to."""
    failures = [
        {"item": f.item, "stage": f.stage, "code": f.code, "message": f.message, "hint": f.hint} for f in run.failures
    ]
    told = {"run": run.id or None, "new": run.new, "known": run.known, "claims": run.claims}
    return in_a_line({**told, **_changes(run.changes), "failures": failures})


def _changes(changes: Changes) -> dict[str, Any]:
    return {"founded": changes.founded, "changed": changes.changed, "ended": changes.ended}


def decided_line(decided: Decided) -> str:
    """A decision that was just made, and what it moved."""
    return in_a_line({"id": decided.decision, **_changes(decided.changes)})


def decision_line(decision: Decision) -> str:
    """A decision as it is written down."""
    return in_a_line(
        {
            "id": decision.id,
            "at": decision.at,
            "by": decision.by,
            "action": decision.action,
            "subjects": list(decision.subjects),
            "field": decision.field,
            "before": decision.before,
            "after": decision.after,
            "reason": decision.reason,
            "revokes": decision.revokes,
        }
    )


def log_line(line: LogLine) -> str:
    """A step of a ledger, or a version of an event with the event as it then stood."""
    told = {"step": line.step, "at": line.at, "kind": line.kind, "cause": line.cause, "words": line.words}
    if line.version is None:
        return in_a_line(told)
    return in_a_line({**told, "version": line.version, "event": event_fields(line.event) if line.event else None})


def why_line(why: Why) -> str:
    """Why two claims are, or are not, one event."""
    return in_a_line(
        {
            "claims": [why.one.id, why.other.id],
            "same_event": why.same_event,
            "compared": why.compared,
            "score": round(why.score, 4),
            "reasons": [{"feature": r.feature, "weight": round(r.weight, 4), "words": r.words} for r in why.reasons],
            "decided": [decision.id for decision in why.decided],
            "note": why.note,
        }
    )
