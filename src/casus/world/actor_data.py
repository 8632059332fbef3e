"""Reads the actor data files (countries, organs, groups, persons, media, nouns) into plain records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal, cast, get_args

from casus.errors import DataError
from casus.records import Sector
from casus.text import fold

Kind = Literal["country", "demonym", "capital", "organ", "person", "group", "organisation", "media"]

GROUP_COLUMNS = ("name", "aliases", "sector", "country", "parent", "from", "to")
_GROUP_HINT = (
    "columns, separated by tabs: name, aliases (separated by |), sector, country (ISO alpha-3), parent, "
    "from and to (years); name and sector must be given"
)
# these sectors are bodies, not sides that bear arms or stand for election
_ORGANISATION_SECTORS = frozenset({"IGO", "NGO", "LAB", "BUS", "EDU", "MED", "REL"})


@dataclass(frozen=True, slots=True)
class Actor:
    """One actor of the data files. `who` is ISO 3166 alpha-3 or a usual name; years are inclusive."""

    kind: Kind
    who: str
    sector: Sector
    name: str
    first: int | None = None
    last: int | None = None
    office: str = ""
    country: str | None = None

    def distance(self, year: int | None) -> int:
        """Years between `year` and the term; 0 inside it or when the year is unknown."""
        if year is None:
            return 0
        return max((self.first or year) - year, year - (self.last or year), 0)


@dataclass(frozen=True, slots=True)
class Ethnic:
    """A people whose armed men, in one country, are one known actor."""

    who: str
    sector: Sector


def word_set(words: str) -> frozenset[str]:
    """The words of a string, as a set: keeps long word lists readable."""
    return frozenset(words.split())


def rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each line that is neither empty nor a comment."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            yield number, [cell.strip() for cell in line.split("\t")]


def packaged(name: str) -> list[list[str]]:
    """The rows of a shipped file; DataError when it is missing."""
    try:
        text = (resources.files("casus.world") / "data" / "actors" / name).read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(f"the actor file {name} is missing") from error
    return [cells for _, cells in rows(text)]


def parts(cells: list[str], column: int) -> list[str]:
    """The values of a list cell, none for a cell that the line leaves out."""
    return [x for x in cells[column].split("|") if x] if len(cells) > column else []


def _cell(cells: list[str], column: int) -> str:
    return cells[column] if len(cells) > column else ""


def _year(value: str) -> int | None:
    return int(value) if value else None


def demonym_forms(word: str) -> list[str]:
    """A demonym and, where English has one, its plural in -s."""
    plural = not word.endswith(("sh", "ch", "se", "ss", "men", "man", "tch", "z"))
    return [word, word + "s"] if plural else [word]


def countries() -> Iterator[tuple[str, Actor]]:
    """Phrase and actor of every country name, demonym and seat of government."""
    for cells in packaged("countries.tsv"):
        iso3, name = cells[0], parts(cells, 1)[0]
        for phrase in parts(cells, 1):
            yield phrase, Actor("country", iso3, "GOV", name)
        for word in parts(cells, 2):
            for phrase in demonym_forms(word):
                yield phrase, Actor("demonym", iso3, "GOV", name)
        for phrase in parts(cells, 3):
            yield phrase, Actor("capital", iso3, "GOV", name)


def organs() -> Iterator[tuple[str, Actor]]:
    """Phrase and actor of every organ of a state and every news outlet."""
    for cells in packaged("organs.tsv"):
        names = parts(cells, 2)
        for phrase in names:
            yield phrase, Actor("organ", cells[0], cast(Sector, cells[1]), names[0])
    for cells in packaged("media.tsv"):
        for phrase in parts(cells, 1):
            yield phrase, Actor("media", cells[0], "MED", phrase)


def group_of(cells: list[str]) -> tuple[Actor, list[str]]:
    """The actor of a row of the groups file and all its names.

    A body with a parent (a UN agency) counts as the parent, a people with a country as the country.
    """
    name, aliases, sector = cells[0], parts(cells, 1), cast(Sector, _cell(cells, 2))
    country, parent = _cell(cells, 3), _cell(cells, 4)
    who = name
    if sector == "IGO" and parent:
        who = parent
    elif sector == "CVL" and country:
        who = country
    kind: Kind = "organisation" if sector in _ORGANISATION_SECTORS else "group"
    actor = Actor(kind, who, sector, name, _year(_cell(cells, 5)), _year(_cell(cells, 6)), country=country or None)
    return actor, [name, *aliases]


def groups() -> Iterator[tuple[str, Actor]]:
    """Phrase and actor of every shipped non-state and international actor."""
    for cells in packaged("groups.tsv"):
        actor, names = group_of(cells)
        for phrase in names:
            yield phrase, actor


def parents(extra: Path | None = None) -> dict[str, tuple[str, ...]]:
    """The usual name of each non-state actor that is part of another (Al-Qassam Brigades: Hamas), and of what.

    `extra`: a user's own file, laid over the shipped ones; as it was read before, bad lines have been told of.
    """
    found = packaged("groups.tsv")
    if extra is not None:
        found = [*found, *(cells for _, cells in rows(extra.read_text(encoding="utf-8-sig")))]
    return {cells[0]: (_cell(cells, 4),) for cells in found if _cell(cells, 4)}


def own_groups(path: Path) -> Iterator[tuple[str, Actor]]:
    """Phrase and actor of a user's own file; DataError with the line's number for a bad line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"the actor file {path} cannot be read", "a UTF-8 text file; " + _GROUP_HINT) from error
    for number, cells in rows(text):
        wrong = "no tab in it" if len(cells) == 1 else _wrong_group(cells)
        if wrong:
            raise DataError(f"{path.name}, line {number}: {wrong}", _GROUP_HINT)
        actor, names = group_of(cells)
        for phrase in names:
            yield phrase, actor


def _wrong_group(cells: list[str]) -> str | None:
    if len(cells) > len(GROUP_COLUMNS):
        return f"{len(cells)} columns, at most {len(GROUP_COLUMNS)} are read"
    if not cells[0] or not any(c.isalnum() for c in cells[0]):
        return "no name"
    sector = _cell(cells, 2)
    if sector not in get_args(Sector):
        return f"unknown sector {sector!r}" if sector else "no sector"
    country = _cell(cells, 3)
    if country and country not in iso_codes():
        return f"unknown country {country!r}"
    for year in (_cell(cells, 5), _cell(cells, 6)):
        if year and not (year.isascii() and year.isdigit() and len(year) == 4):
            return f"{year!r} is no year"
    return None


@cache
def iso_codes() -> frozenset[str]:
    """Every ISO alpha-3 code that the countries file knows (with XKX for Kosovo)."""
    return frozenset(cells[0] for cells in packaged("countries.tsv"))


def persons() -> Iterator[tuple[str, Actor, bool]]:
    """Phrase, actor and whether the phrase is a surname standing alone."""
    for cells in packaged("persons.tsv"):
        name, who, sector, office = cells[0], cells[1], cast(Sector, cells[2]), cells[3]
        actor = Actor("person", who, sector, name, _year(_cell(cells, 4)), _year(_cell(cells, 5)), office)
        for phrase in [name, *parts(cells, 7)]:
            yield phrase, actor, False
        for surname in parts(cells, 6) or [name.rsplit(" ", 1)[-1]]:
            if surname != "-":
                yield surname, actor, True
                if surname.startswith("al-"):
                    yield surname[3:], actor, True


def places() -> Iterator[tuple[str, Actor]]:
    """Phrase and country of well-known provinces and cities; not actors, but they tell a country."""
    for cells in packaged("places.tsv"):
        for phrase in parts(cells, 1):
            yield phrase, Actor("country", cells[0], "GOV", phrase)


def blockers() -> list[str]:
    return [cells[0] for cells in packaged("blockers.tsv")]


def _plurals(noun: str) -> list[str]:
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return [noun, noun[:-1] + "ies"]
    if noun.endswith(("s", "x", "ch", "sh")):
        return [noun, noun + "es"]
    return [noun, noun + "s"]


@cache
def nouns() -> dict[tuple[str, ...], Sector]:
    """Folded words of a common noun -> the sector it tells."""
    found: dict[tuple[str, ...], Sector] = {}
    for cells in packaged("nouns.tsv"):
        for noun in parts(cells, 1):
            for form in _plurals(noun):
                found.setdefault(tuple(fold(form).replace("-", " ").replace("'", " ").split()), cast(Sector, cells[0]))
    return found


@cache
def ethnics() -> dict[tuple[str, str], Ethnic]:
    """(folded word, country) -> the armed actor meant there."""
    return {
        (fold(word), cells[1]): Ethnic(cells[2], cast(Sector, cells[3]))
        for cells in packaged("ethnic.tsv")
        for word in parts(cells, 0)
    }


@cache
def ethnic_words() -> frozenset[str]:
    """The words that `ethnics` knows in one country or another."""
    return frozenset(word for word, _ in ethnics())


@cache
def home_countries() -> dict[str, str]:
    """Home country of each shipped group, by its usual name."""
    return {actor.who: actor.country for _, actor in groups() if actor.country}
