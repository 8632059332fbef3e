"""The docs are whole: every command, option, setting, error code and field stands in them, and links lead somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest

from casus import pipeline
from casus.cli import FAILURES, FINE, INTERRUPTED, PIPE_CLOSED, USAGE, app
from casus.config import SETTINGS, Config
from casus.errors import CasusError
from casus.intake.load import MAX_BYTES, MAX_COLLECTION_BYTES
from casus.jsonl import claim_line
from casus.pipeline import Reads
from casus.records import Document
from casus.show import HEADINGS
from casus.sources import SUFFIXES
from casus.world.actor_data import own_groups
from casus.world.place_user import read_user_file

ROOT = Path(__file__).parent.parent
READING = (ROOT / "docs" / "reading.md").read_text(encoding="utf-8")
ERRORS = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
SETTINGS_PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

TREE = [CasusError]
for kind in TREE:
    TREE.extend(kind.__subclasses__())


@pytest.mark.parametrize("name", sorted(app.commands))
def test_every_command_and_its_options_are_documented(name: str) -> None:
    command = app.commands[name]
    assert f"| `casus {name}` |" in READING
    for option in (p for p in command.params if isinstance(p, click.Option)):
        assert all(f"`{flag}" in READING for flag in option.opts), option.opts
        assert option.help
    assert command.help
    # an example is worth more than a description of what to type
    assert f"casus {name}" in command.help


def test_no_option_is_documented_that_does_not_exist() -> None:
    there = {flag for command in app.commands.values() for param in command.params for flag in param.opts}
    told = set(re.findall(r"`(--[a-z-]+)", READING + SETTINGS_PAGE))
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


@pytest.mark.parametrize("code", [*(kind.code for kind in TREE), pipeline.INTERNAL])
def test_every_error_code_is_documented(code: str) -> None:
    assert f"| `{code}` |" in ERRORS


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


def test_headings_and_endings_are_documented() -> None:
    assert all(re.search(rf"\b{heading}\b", READING) for heading in HEADINGS)
    assert all(f" {suffix}" in READING for suffix in SUFFIXES)


def test_the_limits_are_documented_as_they_are() -> None:
    for page in (READING, ERRORS):
        assert f"{MAX_BYTES // 10**6} MB" in page
        assert f"{MAX_COLLECTION_BYTES // 10**6} MB" in page


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
        if not target.startswith("http"):
            path, _, anchor = target.partition("#")
            there = page.parent / path if path else page
            assert there.exists(), target
            headings = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            assert not anchor or anchor in {heading.lower().replace(" ", "-") for heading in headings}


def test_the_readme_is_one_screen_beside_its_example() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    without = re.sub(r"<!-- example: begin -->.*<!-- example: end -->", "", text, flags=re.DOTALL)
    assert without != text
    assert len(without.splitlines()) <= 60
