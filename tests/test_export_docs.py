"""The pages on forms of others tell of exactly what is written, and the page of columns tells nothing twice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from casus.export import FORMATS, export
from casus.export.gdelt_columns import EVENTS, MENTIONS
from casus.export.plover import CITE_INFO, ENTITY, FIELDS, LOCATION, SIZE, TEXT_INFO
from casus.ledger.flat import COLUMNS, TABLES
from casus.ledger.queries import Filter
from tests.exported import sample
from tests.foreign import hard, made
from tests.test_export_gdelt import taken_apart
from tests.test_export_webannotation import objects

DOCS = Path(__file__).parent.parent / "docs"


def sections(page: str) -> dict[str, list[str]]:
    """The first cells of the tables of a page, by the heading that they stand under."""
    text = (DOCS / page).read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    found = {title: re.findall(r"^\| `([^`]+)` \|", body, re.MULTILINE) for title, body in pairs(parts)}
    return {title: names for title, names in found.items() if names}


def pairs(parts: list[str]) -> Iterator[tuple[str, str]]:
    return zip(parts[::2], parts[1::2], strict=True)


def lines(format: str, table: Any = None, **asked: Any) -> list[dict[str, Any]]:
    """The lines of JSON of that format, of both ledgers, with all that can be asked for."""
    out = []
    for ledger in (hard(), sample()):
        with ledger:
            data = made(ledger, format, table, Filter(**asked), with_text=True)
            out += [json.loads(line) for line in data.decode().split("\n") if line]
    return out


def test_the_columns_of_gdelt_are_documented_in_their_order() -> None:
    told = sections("formats/gdelt.md")
    assert told == {"Events": [c.name for c in EVENTS], "Mentions": [c.name for c in MENTIONS]}
    text = (DOCS / "formats" / "gdelt.md").read_text(encoding="utf-8")
    for column in (*EVENTS, *MENTIONS):
        assert f"| `{column.name}` | {column.kind} |" in text


def test_what_extras_of_gdelt_hold_is_documented() -> None:
    text = (DOCS / "formats" / "gdelt.md").read_text(encoding="utf-8")
    names = set()
    for ledger in (hard(), sample()):
        with ledger:
            rows = made(ledger, "gdelt", "mentions").decode().split("\n")[:-1]
            names |= {name for row in rows for name in taken_apart(row.split("\t")[-1])}
    assert len(names) > 15
    assert {name for name in names if f"`{name}`" not in text} <= {"event_injured"}


def test_the_fields_of_plover_are_documented_in_their_order() -> None:
    told = sections("formats/plover.md")
    more = {table: list(lines("plover", table)[0]["casus"]) for table in ("events", "claims")}
    assert told == {
        "Record": list(FIELDS), "Actor and recipient": list(ENTITY), "event_loc": list(LOCATION), "size": list(SIZE),
        "text_info": list(TEXT_INFO), "cite_info": list(CITE_INFO), "casus, of an event": more["events"],
        "casus, of a claim": more["claims"],
    }  # fmt: skip
    text = (DOCS / "formats" / "plover.md").read_text(encoding="utf-8")
    (claim, *_) = (claim for line in lines("plover", "events") for claim in line["casus"]["claims"])
    assert f"each claim: {', '.join(claim)}" in text


def test_the_properties_of_followthemoney_are_documented() -> None:
    written: dict[str, set[str]] = {}
    for one in lines("ftm") + lines("ftm", status="planned"):
        written.setdefault(one["schema"], set()).update(one["properties"])
    assert as_sets(sections("formats/followthemoney.md")) == written


def test_the_keys_of_web_annotations_are_documented() -> None:
    written: dict[str, set[str]] = {}
    for ledger in (hard(), sample()):
        with ledger:
            for one in objects(json.loads(made(ledger, "webannotation"))):
                written.setdefault(one["type"], set()).update(one)
    assert as_sets(sections("formats/webannotation.md")) == written


def as_sets(told: Mapping[str, list[str]]) -> dict[str, set[str]]:
    assert all(len(set(names)) == len(names) for names in told.values())
    return {title: set(names) for title, names in told.items()}


def test_the_page_of_columns_tells_nothing_twice() -> None:
    told = sections("columns.md")
    assert {title.lower(): names for title, names in told.items()} == {
        table: [column.name for column in COLUMNS[table]] for table in TABLES
    }
    assert all(len(set(names)) == len(names) for names in told.values())
    text = (DOCS / "columns.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^#+ (.+)$", text, re.MULTILINE)) == len(TABLES) + 1
    rows = re.findall(r"^\| .+$", text, re.MULTILINE)
    for table in TABLES:
        meanings = [column.meaning for column in COLUMNS[table]]
        assert len(set(meanings)) == len(meanings), table
    assert len(rows) == sum(len(columns) for columns in COLUMNS.values()) + 2 * len(TABLES)


@pytest.mark.parametrize("page", ["plover", "gdelt", "followthemoney", "webannotation"])
def test_commands_on_the_pages_are_such_as_there_are(page: str, tmp_path: Path) -> None:
    text = (DOCS / "formats" / f"{page}.md").read_text(encoding="utf-8")
    named = set(re.findall(r"casus export ([a-z]+)", text)) - {"jsonl"}
    assert len(named) == 1
    (name,) = named
    assert name in FORMATS
    with sample() as ledger:
        assert sum(export(ledger, name, tmp_path / f"x{FORMATS[name].ending}").rows.values())


def test_the_snippet_for_gdelt_reads_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (DOCS / "formats" / "gdelt.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.+?)```", text, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    with hard() as ledger:
        done = export(ledger, "gdelt", "gdelt/")
    made_of: dict[str, Any] = {}
    exec(code, made_of)
    frame = made_of["frame"]
    assert frame.shape == (done.rows["events"], 61)
    assert str(frame["EventCode"].dtype) == "string"
    assert set(frame["EventRootCode"]) == {"19", "04", "11", "14", "07"}
