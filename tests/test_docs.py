"""The docs are whole: every command, option, setting, error code and field stands in them, and links lead somewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import pytest

import casus
from casus import jsonl
from casus.cli import FAILURES, FINE, INTERRUPTED, PIPE_CLOSED, USAGE, app
from casus.config import SETTINGS, Config
from casus.errors import CasusError
from casus.events import SETTABLE, Action, ConflictKind, ConflictState
from casus.intake.formats import INTERNAL
from casus.intake.raw import MAX_BYTES
from casus.jsonl import claim_line
from casus.pipeline import Reads
from casus.records import Document
from casus.show import HEADINGS
from casus.show_event import COLUMNS
from casus.sources import SUFFIXES
from casus.world.actor_data import own_groups
from casus.world.place_user import read_user_file
from tests.ledgers import exchange

ROOT = Path(__file__).parent.parent
READING = (ROOT / "docs" / "reading.md").read_text(encoding="utf-8")
ERRORS = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
LEDGER = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
# the pages on which commands are told
COMMANDS = "".join(
    (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("reading", "ledger", "intake", "watch", "export", "panels", "plots", "releases", "page")
)
SETTINGS_PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

CONTEXT = click.Context(app)


def command(name: str) -> click.Command:
    """The command of that name, wherever it is kept."""
    found = app.get_command(CONTEXT, name)
    assert found is not None
    return found


TREE = [CasusError]
for kind in TREE:
    TREE.extend(kind.__subclasses__())


@pytest.mark.parametrize("name", app.list_commands(CONTEXT))
def test_every_command_and_its_options_are_documented(name: str) -> None:
    asked = command(name)
    assert f"| `casus {name}` |" in COMMANDS
    for option in (p for p in asked.params if isinstance(p, click.Option)):
        page = READING if name in ("read", "demo") else COMMANDS
        assert all(f"`{flag}" in page for flag in option.opts), option.opts
        assert option.help
    assert asked.help
    assert asked.short_help
    # an example is worth more than a description of what to type
    assert f"casus {name}" in asked.help


def test_no_option_is_documented_that_does_not_exist() -> None:
    there = {flag for name in app.list_commands(CONTEXT) for param in command(name).params for flag in param.opts}
    told = set(re.findall(r"`(--[a-z-]+)", COMMANDS + SETTINGS_PAGE))
    assert told - there == {"--help", "--version"}


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_is_documented(name: str) -> None:
    assert f"| `{name}` |" in SETTINGS_PAGE


def test_every_setting_that_is_read_is_listed() -> None:
    class Asked(dict[str, str]):
        names: set[str]

        def get(self, name: str, default: object = None) -> None:  # type: ignore[override]
            self.names.add(name)

    asked = Asked()
    asked.names = set()
    Config.load(asked)
    assert asked.names == set(SETTINGS)
    assert set(re.findall(r"CASUS_[A-Z_]+", SETTINGS_PAGE)) == set(SETTINGS)


@pytest.mark.parametrize("code", [*(kind.code for kind in TREE), INTERNAL])
def test_every_error_code_is_documented(code: str) -> None:
    # several may share a row
    assert re.search(rf"^\|(?: `[a-z-]+`,)* `{code}`(?:, `[a-z-]+`)* \|", ERRORS, re.MULTILINE)


def test_what_can_be_decided_is_documented() -> None:
    for name in (*SETTABLE, *get_args(ConflictKind), *get_args(ConflictState), *get_args(Action)):
        assert re.search(rf"\b{name}\b", LEDGER), name


@pytest.mark.parametrize("code", [FINE, USAGE, FAILURES, INTERRUPTED, PIPE_CLOSED])
def test_every_exit_code_is_documented(code: int) -> None:
    assert f"\n| {code} |" in ERRORS


def test_every_field_of_a_json_line_is_documented(reader: Reads) -> None:
    document = Document.of("The army shelled a town.")
    line = json.loads(claim_line(document, reader.read(document)[0], text=True))
    inner = [line[key][0] for key in ("actor", "recipient", "source")]
    inner += [line[key] for key in ("place", "when", "killed", "sentence")]
    fields = {*line, *(key for value in inner for key in value)}
    told = set(re.findall(r"`([a-z_0-9]+)`", READING))
    assert fields - told == set()


def keys(value: object) -> Iterator[str]:
    """Every key of an object and of those within it."""
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys(inner)


def test_every_field_that_a_ledger_gives_is_documented(tmp_path: Path) -> None:
    with casus.open(tmp_path / "x.casus", create=True) as ledger:
        run = ledger.add(*exchange(), tmp_path / "none.txt")
        event = ledger.events(disputed=True)[0]
        made = ledger.settle(event.id, "killed", "9", by="ana")
        claims = ledger.claims(event)
        lines = [
            jsonl.event_line(event),
            jsonl.claim_line(ledger.document(claims[0].document_id), claims[0], held=event),
            jsonl.run_line(run),
            jsonl.decided_line(made),
            jsonl.decision_line(ledger.decisions()[0]),
            jsonl.why_line(ledger.why(*claims[:2])),
            *(jsonl.log_line(line) for line in (*ledger.log(), *ledger.log(event.id))),
        ]
    told = set(re.findall(r"`([a-z_0-9]+)`", COMMANDS))
    assert {key for line in lines for key in keys(json.loads(line))} - told == set()


def test_headings_and_endings_are_documented() -> None:
    assert all(re.search(rf"\b{heading}\b", READING) for heading in HEADINGS)
    assert all(re.search(rf"\b{heading}\b", LEDGER) for heading in COLUMNS)
    assert all(f" {suffix}" in READING for suffix in SUFFIXES)


def test_the_limits_are_documented_as_they_are() -> None:
    for page in (READING, ERRORS):
        assert f"{MAX_BYTES // 10**6} MB" in page


def test_the_users_own_files_can_be_copied_from_the_page(tmp_path: Path) -> None:
    own = READING.partition("## Your own actors and places")[2]
    actors, places = re.findall(r"```\n(.*?)```", own, re.DOTALL)
    (tmp_path / "actors.tsv").write_text(actors, "utf-8")
    (tmp_path / "places.tsv").write_text(places, "utf-8")
    assert {name for name, _ in own_groups(tmp_path / "actors.tsv")} == {"Zarghoon Brigade", "ZB", "the Brigade"}
    (place,) = read_user_file(tmp_path / "places.tsv")
    assert (place.name, place.iso3, place.admin1) == ("Koh-e-Sabz", "PAK", "Balochistan")


def test_every_part_stands_in_the_table_of_parts() -> None:
    folder = ROOT / "src" / "casus"
    parts = {p.stem for p in folder.glob("[a-z]*.py")} | {f"{p.parent.name}/" for p in folder.glob("*/__init__.py")}
    told = set(re.findall(r"`([a-z_/]+)`", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")))
    assert parts - told == set()


def test_every_target_of_make_that_is_mentioned_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    told = {target for page in PAGES for target in re.findall(r"\bmake ([a-z]+)\b", code_of(page))}
    assert {"demo", "test", "check", "score", "bench", "train"} <= told <= targets


def code_of(page: Path) -> str:
    """What stands in code blocks and between back-ticks."""
    text = page.read_text(encoding="utf-8")
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:")):
            path, _, anchor = target.partition("#")
            there = page.parent / path if path else page
            assert there.exists(), target
            headings = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            assert not anchor or anchor in {heading.lower().replace(" ", "-") for heading in headings}


def test_the_readme_is_one_screen_beside_its_example() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    without = re.sub(r"<!-- example: begin -->.*?<!-- example: end -->", "", text, flags=re.DOTALL)
    assert without != text
    assert len(without.splitlines()) <= 60
