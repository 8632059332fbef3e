"""The values a claim could take over, and what speaks for each: named features, no weights."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from casus.reader.board import Board, day_key, who_key
from casus.reader.hints import Hints, by_context, named, no_words, nobody, own_side, own_words
from casus.reader.relate_words import PRONOUNS
from casus.records import Claim, Participant, Place, When
from casus.text import fold

Task = Literal["actor", "recipient", "place", "date"]
TASKS: tuple[Task, ...] = get_args(Task)

# How many claims before and after a claim may lend it a value without telling its event. Sides: a choice of
# speed, wide enough for three or four sentences. Places and dates reach further, for a report has few of them;
# the bound keeps a document of a thousand claims from costing a million looks.
NEAR_SIDES, NEAR_VALUES = 8, 30
_STATE = re.compile("[A-Z]{3}")
# where an option comes from that the claim's own words gave
OWN = "its own words"


@dataclass(frozen=True, slots=True)
class Option:
    """One value that could be taken over. Options of one `group` are one value ("" is none)."""

    group: str
    value: Place | When | tuple[Participant, ...] | None
    features: dict[str, float]
    said: str


# A value of other words than the claim's own is no option where the context network gives it less than this. Set by
# hand, low: choosing among the rest is what the fitted choosers are for.
LEAST = 0.004


def plausible(hints: Hints | None, task: Task, group: str) -> bool:
    """Whether a value is worth describing; without a context network every one is."""
    table = hints.chosen.get(task) if hints is not None else None
    if table is None:
        return True
    return sum(table.get(g, 0.0) for g in group.split("|")) >= LEAST


def gap_name(gap: int) -> str:
    """A distance in sentences (negative: before the claim) as a feature's name."""
    side, far = ("before" if gap < 0 else "after"), abs(gap)
    if far == 0:
        return "same sentence"
    return f"{side} {1 if far == 1 else 2 if far <= 3 else 4 if far <= 8 else 9}"


def options(board: Board, n: int, task: Task) -> list[Option]:
    """Every value that claim n could take for that task, "none" first."""
    claim = board.claims[n]
    none = {"none": 1.0, f"none, {claim.type}": 1.0}
    if claim.mode:
        none[f"none, {claim.type}/{claim.mode}"] = 1.0
    for flag in ("background", "aggregate"):
        if getattr(claim, flag):
            none[f"none, {flag}"] = 1.0
    hints = board.hints[n]
    if hints is not None:
        if task == "actor" or task == "recipient":  # noqa: PLR1714 - told apart so that the types narrow
            none |= nobody(claim, task, hints)
        else:
            none |= no_words(hints.draft, task)
    none[f"none, {claim.status}"] = 1.0
    if not any(True for _ in board.others(n)):
        none["none, told once"] = 1.0
    none |= _none_here(board, n, task)
    found = [Option("", None, none, "")]
    if task == "place":
        found += [*_own_place(board, n), *_places(board, n)]
    elif task == "date":
        found += [*_own_date(board, n), *_dates(board, n)]
    else:
        found += [*_own_sides(board, n, task), *_sides(board, n, task)]
    if hints is not None and hints.chosen:
        for o in found:
            o.features.update(by_context(hints, task, o.group.split("|") if o.group else ()))
    return found


def _own_sides(board: Board, n: int, task: Task) -> list[Option]:
    """The side that the claim's own words name, and every other actor of its sentence."""
    claim, hints = board.claims[n], board.hints[n]
    if hints is None or task not in ("actor", "recipient"):
        return []
    own, key = (claim.actors, board.actor_keys[n]) if task == "actor" else (claim.recipients, board.recipient_keys[n])
    found = []
    if key:
        found.append(Option(key, own, _side_features(board, n, task, own, key) | own_side(claim, task, hints), OWN))
    for one, seen in named(claim, task, hints):
        key = one.who or ""
        if not plausible(hints, task, key):
            continue
        features = seen | _side_features(board, n, task, (one,), key)
        found.append(Option(key, (one,), features, f"{one.span.exact!r} in the sentence"))
    return found


def _own_place(board: Board, n: int) -> list[Option]:
    claim, hints = board.claims[n], board.hints[n]
    place = claim.place
    if hints is None or place is None:
        return []
    words = own_words(hints.draft, "place", (place.span.start, place.span.end), claim.type)
    return [Option(place.iso3 or fold(place.name), place, _place_features(board, n, place) | words, OWN)]


def _own_date(board: Board, n: int) -> list[Option]:
    claim, hints = board.claims[n], board.hints[n]
    when = claim.when
    if hints is None or when.start is None:
        return []
    where = (when.span.start, when.span.end) if when.span else None
    features = _date_features(board, n, when) | own_words(hints.draft, "date", where, claim.type)
    features[f"own, {when.basis}"] = 1.0
    return [Option(day_key(when), when, features, OWN)]


def _none_here(board: Board, n: int, task: Task) -> dict[str, float]:
    """What speaks for no value at all at this claim."""
    claim = board.claims[n]
    found: dict[str, float] = {}
    if task == "place":
        found["none, share of claims placed"] = board.placed
    elif task == "date":
        found["none, share of claims dated"] = board.dated
    else:
        own = claim.actors if task == "actor" else claim.recipients
        if own:
            pronoun = all(fold(p.span.exact) in PRONOUNS for p in own)
            found["none, own words are a pronoun" if pronoun else "none, own words name somebody"] = 1.0
    has = _event_has(board, n, task)
    found[f"none, event {'has one' if has else 'has none'}"] = 1.0
    if board.sentence[n] == 0:
        found["none, title"] = 1.0
    return found


def _event_has(board: Board, n: int, task: Task) -> bool:
    for m in board.others(n):
        c = board.claims[m]
        value: object = {
            "place": c.place, "date": c.when.start, "actor": who_key(c.actors), "recipient": who_key(c.recipients),
        }[task]  # fmt: skip
        if value:
            return True
    return False


def _said(board: Board, n: int, m: int, sentence: int) -> str:
    same = board.claims[n].event is not None and board.claims[m].event == board.claims[n].event
    return f"sentence {sentence + 1}" + (f", same event {board.claims[n].event}" if same else "")


def _merge(found: list[Option]) -> list[Option]:
    """One option for each (group, span): features joined, the first one's words kept."""
    table: dict[tuple[str, str], Option] = {}
    for o in found:
        key = (o.group, o.said)
        table[key] = Option(o.group, o.value, table[key].features | o.features, o.said) if key in table else o
    return list(table.values())


def _places(board: Board, n: int) -> list[Option]:
    claim, here = board.claims[n], board.sentence[n]
    found = []
    event_places = {m: board.claims[m].place for m in board.others(n)}
    event_isos = {p.iso3 for p in event_places.values() if p}
    nearest = min((abs(s - here) for s in board.place_sentence), default=99)
    home = attackers_home(claim)
    for m in board.around(n, NEAR_VALUES):
        c = board.claims[m]
        if c.place is None or not plausible(board.hints[n], "place", c.place.iso3 or "") or c.place.iso3 == home:
            continue
        features = _place_features(board, n, c.place)
        gap = board.sentence[m] - here
        features["of a claim"] = 1.0
        features[f"claim {gap_name(gap)}"] = 1.0
        if m in event_places:
            features |= {"same event": 1.0, f"same event, {gap_name(gap)}": 1.0}
        elif c.type == claim.type:
            features["claim of the type"] = 1.0
        if board.actor_keys[m] and board.actor_keys[m] == board.actor_keys[n]:
            features["claim by the same actor"] = 1.0
        if c.background != claim.background:
            features["claim of other time"] = 1.0
        found.append(
            Option(c.place.iso3 or fold(c.place.name), c.place, features, _said(board, n, m, board.sentence[m]))
        )
    for p, sentence in zip(board.context.places, board.place_sentence, strict=True):
        gap = sentence - here
        dateline = board.context.dateline is not None and p.span.start == board.context.dateline.span.start
        if abs(gap) > max(2, nearest) and not dateline and sentence > 0:
            continue
        if not plausible(board.hints[n], "place", p.iso3 or "") or p.iso3 == home:
            continue
        features = _place_features(board, n, p)
        features[f"mention {gap_name(gap)}"] = 1.0
        if dateline:
            features |= {"dateline": 1.0, f"dateline, {claim.type}": 1.0}
        if sentence == 0:
            features["in the title"] = 1.0
        if p.iso3 in event_isos:
            features["mention agrees with the event"] = 1.0
        found.append(Option(p.iso3 or fold(p.name), p, features, f"sentence {sentence + 1}"))
    return _merge(found)


def attackers_home(claim: Claim) -> str | None:
    """The country of a state that attacks another state: no place to take over for the attack, which hits the other's
    territory or people. In the annotated reports a place that the sentence does not tell is the other's 185 times,
    the attacker's own 44 times."""
    if claim.type != "ASSAULT":
        return None
    by, on = ({p.who for p in side if p.who} for side in (claim.actors, claim.recipients))
    states = len(by) == len(on) == 1 and by != on and all(_STATE.fullmatch(w) for w in by | on)
    return by.pop() if states else None


def _place_features(board: Board, n: int, place: Place) -> dict[str, float]:
    claim = board.claims[n]
    iso = place.iso3 or ""
    total = max(1, sum(board.countries.values()))
    found = {"place": 1.0, "share of the document": board.countries[iso] / total}
    placed = sum(board.claim_countries.values())
    if placed:
        found["share of claims' places"] = board.claim_countries[iso] / placed
    if iso and iso == board.main_country:
        found["main country"] = 1.0
    found["country" if place.precision == "country" else "finer than a country"] = 1.0
    if any(p.who == iso for p in claim.actors):
        found |= {"actor's country": 1.0, f"actor's country, {claim.type}": 1.0}
    if any(p.who == iso for p in claim.recipients):
        found |= {"recipient's country": 1.0, f"recipient's country, {claim.type}": 1.0}
    return found


def _dates(board: Board, n: int) -> list[Option]:
    claim, here = board.claims[n], board.sentence[n]
    found = []
    for m in board.around(n, NEAR_VALUES):
        c = board.claims[m]
        if c.when.start is None or not plausible(board.hints[n], "date", day_key(c.when)):
            continue
        gap = board.sentence[m] - here
        features = _date_features(board, n, c.when) | {f"claim {gap_name(gap)}": 1.0}
        if claim.event is not None and c.event == claim.event:
            features |= {"same event": 1.0, f"same event, {gap_name(gap)}": 1.0}
        else:
            features |= _related(board, n, m, gap)
        found.append(Option(day_key(c.when), c.when, features, _said(board, n, m, board.sentence[m])))
    for when, sentence in zip(board.context.dates, board.date_sentence, strict=True):
        gap = sentence - here
        if abs(gap) <= 1:
            features = _date_features(board, n, when) | {f"mention {gap_name(gap)}": 1.0}
            found.append(Option(day_key(when), when, features, f"sentence {sentence + 1}"))
    return _merge(found)


def _date_features(board: Board, n: int, when: When) -> dict[str, float]:
    claim, published = board.claims[n], board.document.published
    features = {"date": 1.0, f"date, {claim.type}": 1.0}
    key = day_key(when)
    features["share of claims' dates"] = board.days[key] / max(1, sum(board.days.values()))
    if board.days and key == board.days.most_common(1)[0][0]:
        features["commonest date"] = 1.0
    if when.start and when.end and published:
        age = (published - when.end).days
        old = "future" if age < 0 else "fresh" if age <= 1 else "week" if age <= 8 else "old"
        features |= {f"date {old}": 1.0, f"date {old}, {claim.status}": 1.0}
        if claim.background:
            features[f"date {old}, background"] = 1.0
        if (when.end - when.start).days > 8:
            features["long"] = 1.0
    return features


def _related(board: Board, n: int, m: int, gap: int) -> dict[str, float]:
    """How another event's claim m stands to claim n."""
    claim, other = board.claims[n], board.claims[m]
    found: dict[str, float] = {}
    near = "near" if abs(gap) <= 1 else "apart"
    if other.type == claim.type:
        found["claim of the type"] = 1.0
    if board.actor_keys[m] and board.actor_keys[m] == board.actor_keys[n]:
        found[f"claim by the same actor, {near}"] = 1.0
    if other.place and claim.place and fold(other.place.name) == fold(claim.place.name):
        found[f"claim at the same place, {near}"] = 1.0
    if other.background != claim.background:
        found["claim of other time"] = 1.0
    if other.status != claim.status:
        found["claim of other status"] = 1.0
    if other.aggregate:
        found["claim is aggregate"] = 1.0
    return found


def _sides(board: Board, n: int, task: Task) -> list[Option]:
    claim, here = board.claims[n], board.sentence[n]
    found = []
    same_event = set(board.others(n))
    for m in (n, *board.around(n, NEAR_SIDES)):
        c, gap = board.claims[m], board.sentence[m] - here
        for role, sides, key in (
            ("actor", c.actors, board.actor_keys[m]),
            ("recipient", c.recipients, board.recipient_keys[m]),
        ):
            if not key or (m == n and role == task) or not plausible(board.hints[n], task, key):
                continue
            features = _side_features(board, n, task, sides, key)
            if m == n:
                features["own other side"] = 1.0
            elif m in same_event:
                name = "same event, same role" if role == task else "same event, other role"
                features |= {name: 1.0, f"{name}, {gap_name(gap)}": 1.0, f"{name}, {claim.type}": 1.0}
            else:
                features |= {f"{role}, {gap_name(gap)}": 1.0} | _neighbour(board, n, m, role, task)
            found.append(Option(key, tuple(p for p in sides if p.who), features, _said(board, n, m, board.sentence[m])))
    return _merge(found)


def _neighbour(board: Board, n: int, m: int, role: str, task: Task) -> dict[str, float]:
    """A side of another event's claim m: what makes it fit claim n."""
    claim, other = board.claims[n], board.claims[m]
    found = {f"{role} of {other.type} for {claim.type}": 1.0}
    if other.type == claim.type and role == task:
        found["same role, same type"] = 1.0
        if other.mode == claim.mode:
            found["same role, same type and mode"] = 1.0
    keys = board.recipient_keys if task == "actor" else board.actor_keys
    if role == task and keys[n] and keys[n] == keys[m]:
        found["other side agrees"] = 1.0
    if other.sentence.start == claim.sentence.start:
        found[f"{role}, same sentence, {claim.type}"] = 1.0
    return found


def _side_features(board: Board, n: int, task: Task, sides: tuple[Participant, ...], key: str) -> dict[str, float]:
    claim = board.claims[n]
    found = {"side": 1.0, "share of sides": board.sides[key] / max(1, board.side_total)}
    for sector in {p.sector for p in sides}:
        found[f"{sector} in {claim.type}"] = 1.0
        if claim.mode:
            found[f"{sector} in {claim.type}/{claim.mode}"] = 1.0
    if key == (board.recipient_keys if task == "actor" else board.actor_keys)[n]:
        found["is the other side"] = 1.0
    place = claim.place
    if place and place.iso3 and any(p.who == place.iso3 for p in sides):
        found["at home"] = 1.0
    if len(sides) > 2:
        found["many"] = 1.0
    own = claim.actors if task == "actor" else claim.recipients
    if own and any(o.sector == p.sector for o in own for p in sides):
        found["sector of the own words"] = 1.0
    if any(fold(s.name) == fold(p.name) for s in claim.source for p in sides):
        found["is the source"] = 1.0
    return found
