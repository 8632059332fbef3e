"""Which field of a table or of JSON holds what: as the user says, else by our names, else by those usual elsewhere."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from casus.errors import UsageError

OURS = ("id", "title", "text", "published", "publisher", "url", "byline", "modified")

# Names of fields in exports of media databases, of news interfaces and of data sets of news, without case and marks
# between words; the most telling first. No teasers ("description", "summary"), no dates of a download ("created").
_USUAL: dict[str, tuple[str, ...]] = {
    "id": ("articleid", "documentid", "docid", "storyid", "recordid", "accessionnumber", "accessionno", "guid", "uuid",
           "uid"),
    "title": ("headline", "headlines", "heading", "head", "hed", "articletitle", "webtitle", "doctitle"),
    "text": ("fulltext", "bodytext", "articletext", "articlebody", "body", "maintext", "plaintext", "storytext",
             "documenttext", "content", "article", "fullarticle", "story", "fullstory", "cleantext", "cleanedtext",
             "rawtext", "textbody", "bodyhtml", "contenthtml"),
    "published": ("publicationdate", "publisheddate", "datepublished", "publishdate", "pubdate", "publishedat",
                  "publishedon", "publishedtime", "webpublicationdate", "firstpublished", "datetimepub", "articledate",
                  "newsdate", "storydate", "dateofpublication", "publicationdatetime", "date", "datetime", "posted",
                  "postedat", "postdate"),
    "publisher": ("publishername", "publishertitle", "publication", "publicationname", "publicationtitle", "pubtitle",
                  "outlet", "outletname", "newsoutlet", "mediaoutlet", "medianame", "media", "newspaper", "journal",
                  "source", "sourcename", "sourcetitle", "newssource", "provider", "site", "sitename"),
    "url": ("link", "articleurl", "articlelink", "weburl", "webpage", "pageurl", "sourceurl", "storyurl", "permalink",
            "canonicalurl", "documenturl", "href", "uri"),
    "byline": ("author", "authors", "authorname", "authornames", "bylines", "by", "writer", "reporter", "journalist",
               "creator"),
    "modified": ("lastmodified", "datemodified", "modifieddate", "modifiedat", "updated", "updatedat", "lastupdated",
                 "lastupdate", "dateupdated", "updateddate"),
}  # fmt: skip
# Objects that searches and interfaces put around the fields of a record (Elasticsearch, JSON:API, content interfaces).
_WRAPPERS = ("_source", "fields", "attributes")
_WRAPPED = re.compile(rf"\A(?:{'|'.join(_WRAPPERS)})\.")
# What a field may hold to be taken under a usual name: t text, n number, l list of names.
_KINDS = {"id": "tn", "published": "tn", "modified": "tn", "byline": "tl"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Our names and the fields that stand for them; `notes` for a person, `missing` are mapped fields that are not."""

    columns: Mapping[str, str]
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """The values of a record under our names, as they stand in it."""

    values: Mapping[str, Any]
    notes: tuple[str, ...] = ()


def parse_map(*given: str) -> dict[str, str]:
    """Our names and theirs out of "title=headline,text=body", one or several of these, in our order.

    A name of theirs with a comma goes in quotes with its pair: `"text=Body, full"`. Raises UsageError.
    """
    found: dict[str, str] = {}
    for part in (p for told in given for p in _parts(told)):
        ours, mark, theirs = (x.strip() for x in part.partition("="))
        if not mark or not theirs:
            raise UsageError(f"--map has {part!r}, which is no pair", "write --map title=headline,text=body")
        if ours not in OURS:
            raise UsageError(f"--map has {ours!r}, which is no field of ours", f"one of {', '.join(OURS)}")
        if ours in found:
            raise UsageError(f"--map names {ours!r} twice", "one field of theirs for each of ours")
        found[ours] = theirs
    return {ours: found[ours] for ours in OURS if ours in found}


def _parts(told: str) -> list[str]:
    try:
        return next(csv.reader([told], skipinitialspace=True), [""]) or [""]
    except csv.Error:
        return [told]


def choose(names: Sequence[str], fields: Mapping[str, str]) -> Chosen:
    """Which of these columns to read; a note wherever that was not said by the user or by our own names."""
    return _choose(tuple(names), (), tuple(sorted(fields.items())))


def apply(record: Mapping[str, Any], fields: Mapping[str, str]) -> Taken:
    """The values of a JSON object under our names. A field of theirs may be a path: "source.name", "authors.0.name".

    What is mapped and is not there is left out. An empty field stands for nothing.
    """
    seen = [*_names(record)]
    # records of one source have the same fields; an object of thousands of keys is no record and not kept in mind
    choice = _choose if len(seen) <= 200 else _choose.__wrapped__
    chosen = choice(tuple(n for n, _ in seen), tuple(k for _, k in seen), tuple(sorted(fields.items())))
    paths = {**chosen.columns, **fields}
    values = {ours: _names_in(ours, found) for ours, path in paths.items() if (found := at(record, path)) is not None}
    if "text" not in values and "text" not in fields and record.get("text") is not None:
        values["text"] = record["text"]  # empty, and to be called so
    return Taken(values, chosen.notes)


def at(record: Any, path: str) -> Any:
    """What stands in a JSON value under a name, or a path of names and numbers; None where nothing does."""
    if isinstance(record, Mapping) and path in record:
        return _unwrapped(record[path])
    for step in path.split("."):
        if isinstance(record, Mapping):
            record = record.get(step)
        elif isinstance(record, list) and re.fullmatch(r"\d{1,6}", step) and int(step) < len(record):
            record = record[int(step)]
        else:
            return None
    return _unwrapped(record)


@lru_cache(maxsize=256)
def _choose(names: tuple[str, ...], kinds: tuple[str, ...], fields: tuple[tuple[str, str], ...]) -> Chosen:
    columns, missing = dict[str, str](), list[str]()
    bare = [_bare(name) for name in names]
    for ours, theirs in fields:
        alike = (name for name, word in zip(names, bare, strict=True) if word == _bare(theirs))
        hit = theirs if theirs in names else next(alike, None)
        if hit is None:
            missing.append(theirs)
        else:
            columns[ours] = hit
    mapped, usual = {ours for ours, _ in fields}, list[str]()
    doubts = [_doubt(ours, [hit, hit]) for ours, hit in columns.items() if names.count(hit) > 1]
    left = [n for n, name in enumerate(names) if name not in columns.values()]
    for ours in (o for o in OURS if o not in mapped):
        own = [n for n in left if names[n] == ours] or [n for n in left if bare[n] == ours and _fits(ours, n, kinds)]
        others = [n for word in _USUAL[ours] for n in left if bare[n] == word and _fits(ours, n, kinds)]
        if not (found := own or others):
            continue
        columns[ours] = names[found[0]]
        if not own:
            usual.append(f"{ours} from `{_shown(names[found[0]])}`")
        if len(found) > 1:
            doubts.append(_doubt(ours, [names[n] for n in found]))
    notes = [f"fields by their usual names: {', '.join(usual)}"] if usual else []
    return Chosen(columns, (*notes, *doubts), tuple(missing))


def _doubt(ours: str, names: Sequence[str]) -> str:
    first, *others = dict.fromkeys(_shown(n) for n in names)
    if not others:
        return f"several fields are called `{first}`: {ours} is from the first one"
    return f"{ours} could also be `{'`, `'.join(others[:5])}`; --map {ours}=NAME takes another than `{first}`"


def _shown(name: str) -> str:
    return name if len(name) <= 60 else name[:60] + "…"


def _fits(ours: str, n: int, kinds: tuple[str, ...]) -> bool:
    return not kinds or kinds[n] in _KINDS.get(ours, "t")


def _bare(name: str) -> str:
    """A name of a field without case, marks between its words, and the object that wraps its record."""
    return re.sub(r"[\W_]+", "", _WRAPPED.sub("", name)).casefold()


def _names(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of a JSON object that hold something, those of what wraps them too, each with its kind."""
    for key, value in record.items():
        if key in _WRAPPERS and isinstance(value, Mapping) and not any(k.startswith("$") for k in value):
            for inner, held in value.items():
                if kind := _kind("", held):
                    yield f"{key}.{inner}", kind
        elif kind := _kind(key, value):
            yield key, kind
        elif isinstance(value, Mapping):
            name = next((n for n in ("name", "title") if isinstance(value.get(n), str) and value[n]), None)
            if name:
                yield f"{key}.{name}", "t"


def _kind(key: str, value: Any) -> str:
    """The letter of a kind, or "" for what stands for nothing."""
    value = _unwrapped(value)
    if isinstance(value, str):
        return "t" if value else ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "n"
    if isinstance(value, list):
        return "l" if value and _named(value) else ""
    # under a name of ours it is taken, and refused where it is read
    return "?" if key in OURS and value is not None and not _named(value) else ""


def _unwrapped(value: Any) -> Any:
    """A value out of what databases write around it: {"$date": {"$numberLong": "..."}}."""
    for _ in range(2):
        if isinstance(value, Mapping) and len(value) == 1:
            ((key, inner),) = value.items()
            if key in {"$date", "$oid", "$numberLong", "$numberInt", "$numberDouble"}:
                value = inner
    return value


def _names_in(ours: str, value: Any) -> Any:
    """People and publishers as one text, however they are wrapped; anything else as it is."""
    if ours in {"byline", "publisher"} and isinstance(value, list | Mapping):
        return _named(value) or value
    return value


def _named(value: Any) -> str:
    listed = value if isinstance(value, list) else [value]
    names = [v.get("name") if isinstance(v, Mapping) else v for v in listed[:20]]
    return ", ".join(n.strip() for n in names if isinstance(n, str) and n.strip())
