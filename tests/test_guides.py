"""The guides, the page that the site starts with and the README run, and give what stands there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
import pytest

from casus import cli, cli_add, cli_markdown, notebook, pipeline
from casus.compose import Reader
from casus.config import SETTINGS
from casus.pipeline import ClaimsOrFailure
from casus.records import Claim, Document
from tests.guides import (
    DAY,
    GUIDES,
    NEWCOMER,
    ROOT,
    Block,
    Follower,
    blocks,
    commands,
    lay_out,
    says_so,
    stated_rows,
    stated_table,
    steps,
)
from tests.guides_anew import anew, moved_ids, shortened

NAMES = [str(page.relative_to(ROOT)) for page in GUIDES]
WALKS = ["docs/ledger.md", "docs/releases.md"]
# what makes columns of its own in the blocks of R and Stata
MADE = r"(?:generate|generate\(|<-)\s*\(?(\w+)|(\w+)\s*<-|\$(\w+)\s*<-"


class Remembering:
    """The reader that ships, which reads each document once in all of these tests."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.kept = reader, dict[Document, ClaimsOrFailure]()

    def read(self, document: Document) -> list[Claim]:
        ((_, found),) = self.read_many([document])
        assert isinstance(found, list)
        return found

    def read_many(self, documents: Iterable[Document]) -> Iterator[tuple[Document, ClaimsOrFailure]]:
        asked = list(documents)
        new = [document for document in asked if document not in self.kept]
        self.kept.update(self.reader.read_many(new))
        yield from ((document, self.kept[document]) for document in asked)


@pytest.fixture(scope="module")
def remembering(small: Reader) -> Remembering:
    return Remembering(small)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remembering: Remembering) -> Path:
    """An empty folder that one is in, and nobody's settings."""
    for name in {*SETTINGS, "COLUMNS", "NO_COLOR", "FORCE_COLOR"} - {"CASUS_CACHE"}:
        monkeypatch.delenv(name, raising=False)
    releases = dict.fromkeys(("release", "diff", "changes"), "casus.cli_release")
    monkeypatch.setattr(cli, "ELSEWHERE", {**releases, **cli.ELSEWHERE})
    for module in (cli, cli_add, notebook, pipeline):
        monkeypatch.setattr(module, "open_reader", lambda config: remembering)
    monkeypatch.chdir(tmp_path)
    return tmp_path


# ------------------------------------------------------------------ the pages


@pytest.mark.parametrize("name", NAMES)
def test_a_guide_runs_and_gives_what_stands_there(folder: Path, name: str) -> None:
    page = (ROOT / name).read_text("utf-8")
    follower = lay_out(ROOT / name)
    for step in steps(page):
        said = follower.run(step.code)
        assert step.says is None or says_so(step.says.body, said), f"{step.code.body}\nsays\n\n{said}"
    if ROOT / name == NEWCOMER:
        stated = stated_table(page)
        assert stated_rows(folder / "acled.csv", list(stated[0])) == stated
    for block in (block for block in blocks(page) if block.kind in ("r", "stata")):
        assert asked_columns(block) - columns_at(folder, page) == set()


@pytest.mark.parametrize("name", WALKS)
def test_a_first_walk_can_be_walked(folder: Path, name: str) -> None:
    walk = (ROOT / name).read_text("utf-8").partition("## A first walk")[2]
    lay_out(ROOT / name).run(blocks(walk)[0])


@pytest.mark.parametrize("name", NAMES)
def test_all_that_a_guide_shows_is_looked_at(name: str) -> None:
    page = (ROOT / name).read_text("utf-8")
    looked_at = {step.says.start for step in steps(page) if step.says} | {step.code.start for step in steps(page)}
    for block in blocks(page):
        assert block.start in looked_at or block.kind in ("r", "stata"), block.body


def test_the_commands_stand_in_their_page_as_they_are() -> None:
    assert (ROOT / "docs" / "commands.md").read_text("utf-8") == cli_markdown.page()


# ------------------------------------------------------------------ columns in R and Stata


def columns_at(folder: Path, page: str) -> set[str]:
    """The columns of all tables that the page's commands have written, and what its blocks of R and Stata make."""
    tables = [*folder.glob("*.csv"), *folder.glob("*/*.csv"), *folder.glob("*.parquet")]
    frames = (pl.read_csv(table) if table.suffix == ".csv" else pl.read_parquet(table) for table in tables)
    found = {name for frame in frames for name in frame.columns}
    made = [m for block in blocks(page) if block.kind in ("r", "stata") for m in re.findall(MADE, block.body)]
    return found | {name for names in made for name in names if name}


def asked_columns(block: Block) -> set[str]:
    """The names of columns in a block of R or Stata: behind a $, in quotes, with an underscore, in a formula."""
    code = re.sub(r"^\s*[#*].*$", "", block.body, flags=re.MULTILINE)
    files = re.findall(r'"([\w/]+\.(?:csv|parquet))"', code)
    assert all(Path(file).exists() for file in files), files
    code = re.sub(r'[=!]= "\w+"|\w+::\w+|\b[a-z_.]+\(', " ", code)  # values, and names of functions
    quoted = {word for word in re.findall(r'"([^"]*)"', code) if re.fullmatch(r"[a-z]\w*", word)}
    code = re.sub(r'"[^"]*"', " ", code)
    return {*quoted, *re.findall(r"\$(\w+)", code), *re.findall(r"\b[a-z]\w*_\w+", code)}


def test_a_column_that_is_not_there_is_found(folder: Path) -> None:
    code = 'x <- strikes[!is.na(x$nope), c("date_start", "wrong")]\naggregate(killed_most ~ iso3, data = x)\n'
    found = asked_columns(Block("r", code, 0, 0))
    assert found == {"nope", "date_start", "wrong", "killed_most"}
    assert asked_columns(Block("stata", '* no_column\ngenerate day = daily(start_day, "YMD")\n', 0, 0)) == {"start_day"}


# ------------------------------------------------------------------ samples to try on


def test_the_samples_can_be_had_as_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["demo", "--save", "new/pages"]) == cli.FINE
    assert capsys.readouterr().err == "copied 12 reports to new/pages\n"
    there = {path.name: path.read_bytes() for path in (folder / "new" / "pages").iterdir()}
    samples = ROOT / "src" / "casus" / "samples"
    assert there == {p.name: p.read_bytes() for p in samples.iterdir() if p.suffix in (".txt", ".html")}


def test_the_samples_are_copied_over_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "pages").mkdir()
    (folder / "pages" / "06-analysis.txt").write_text("mine", "utf-8")
    assert cli.run(["demo", "--save", "pages"]) == cli.USAGE
    assert "is there already" in capsys.readouterr().err
    assert [path.name for path in (folder / "pages").iterdir()] == ["06-analysis.txt"]
    (folder / "file").write_text("", "utf-8")
    assert cli.run(["demo", "--save", "file/pages"]) == cli.ERROR
    assert "[output]" in capsys.readouterr().err


# ------------------------------------------------------------------ how guides are followed


@pytest.mark.parametrize(
    ("stated", "same"),
    [
        ("a\nb\nc", True),
        ("a\n...\nc", True),
        ("...\nb\n...", True),
        ("a\nb\nc\n...", True),
        ("...", True),
        ("a\nc", False),
        ("a\n...\nb", False),
        ("...\nc\n...\na", False),
        ("a\nb\n...\nb\nc", False),
        ("", False),
    ],
)
def test_what_is_said_is_held_against_what_is_stated(stated: str, same: bool) -> None:
    assert says_so(stated, "a\nb\nc\n") is same


def test_clocks_do_not_count() -> None:
    assert says_so(f"dec_12ab34cd at {DAY}T10:00:00", f"dec_99ffeedd at {DAY}T23:59:59\n")
    assert not says_so("evt_12ab34cd", "evt_99ffeedd")
    assert not says_so("2024-01-18T10:00:00", "2024-01-18T10:00:01")


def test_blocks_are_found_with_what_they_say() -> None:
    page = "```sh\none\n```\n\n```text\n1\n```\n\n```python\ntwo\n```\n\nSo:\n\n```text\n2\n```\n"
    page += "\n```\n$ x\n\n3\n$ y\n```\n"
    found = [(step.code.body, step.says and step.says.body) for step in steps(page)]
    assert found == [("one\n", "1\n"), ("two\n", None), ("x\n", "\n3\n"), ("y\n", "")]


def test_commands_are_taken_as_a_shell_takes_them() -> None:
    assert commands("casus a 'b c'  # why\n# no\n\ncasus d \\\n  e\n") == [["casus", "a", "b c"], ["casus", "d", "e"]]


def test_what_cannot_be_followed_or_fails_is_no_guide(folder: Path) -> None:
    with pytest.raises(AssertionError, match="no way to run rm -r"):
        Follower().command(["rm", "-r", "pages"])
    with pytest.raises(AssertionError, match="ends with 1"):
        Follower().command(["casus", "events"])


def test_a_guide_is_written_anew(folder: Path) -> None:
    page = "```sh\ncasus demo --save a\n```\n\n```text\n?\n```\n"
    page += "\n```python\nprint(1)\nprint(2)\n```\n\n```text\n...\n3\n```\n"
    made = anew(page, Follower())
    assert made == page.replace("?", "copied 12 reports to a").replace("...\n3", "...\n2")
    (folder / "a").rename(folder / "b")
    assert anew(made, Follower()) == made


def test_ids_that_moved_are_put_in_place_behind(folder: Path) -> None:
    page = (
        "```python\nprint('evt_00aa')\n```\n\n```text\nevt_00bb\n```\n\n`evt_00bb` is `evt_00bbcc`, not `evt_00cc`.\n"
    )
    page = page.replace("evt_00aa", "evt_00aadd11").replace("\nevt_00bb\n", "\nevt_00bbcc22\n")
    assert anew(page, Follower()).endswith("`evt_00aa` is `evt_00aadd`, not `evt_00cc`.\n")


def test_moved_ids_are_those_of_lines_that_are_alike() -> None:
    old, new = "x evt_0001\ny evt_0002\n", "new evt_0009\nx evt_0003\ny evt_0004\n"
    assert moved_ids(old, new) == {"evt_0001": "evt_0003", "evt_0002": "evt_0004"}


def test_of_a_shortened_output_what_stood_there_is_kept() -> None:
    said = "head of it\none\nkilled 9 by A\nthree\nfour\nlast line\n"
    assert shortened("head was\n...\nkilled 7 by A\n...\n", said) == "head of it\n...\nkilled 9 by A\n...\n"
    assert shortened("head was\n...\nlast\n", said) == "head of it\n...\nlast line\n"
