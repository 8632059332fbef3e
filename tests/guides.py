"""Guides as a reader follows them: the blocks of a page, their commands run in this process, and what must come out.

A block of ```sh or ```python is run; a block of ```text right below it says what comes of it, and there a line of
`...` stands for any lines. In a block without a language a line behind a $ is run, and the lines below it are what it
says. `python -m tests.guides_anew` writes anew what commands say.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from casus import cli

ROOT = Path(__file__).parent.parent
NEWCOMER = ROOT / "docs" / "guides" / "from-pages-to-acled.md"
# the pages that are followed
GUIDES = [ROOT / "README.md", ROOT / "docs" / "index.md", *sorted((ROOT / "docs" / "guides").glob("*.md"))]

# what makes an environment, which a test is in already; `tests/fresh` runs these too
ELSEWHERE = (("python3", "-m", "venv"), (".",), ("pip", "install"), ("make",))
# the day that stands in guides for the day on which they are followed
DAY = "2024-02-01"
_BLOCK = re.compile(r"^```([a-z]*)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
# what hangs on the clock: ids of decisions and runs, digests of releases
_MOVES = re.compile(rf"\b(dec|run)_[0-9a-f]+|\b[0-9a-f]{{64}}\b|(?<=\b{DAY}T)\d\d:\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page: its language, its words, and where the words stand in the page."""

    kind: str
    body: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Step:
    """A block that is run, and the block that says what comes of it, where one does."""

    code: Block
    says: Block | None


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page that have a language, in order."""
    return [Block(m[1], m[2], m.start(2), m.end(2)) for m in _BLOCK.finditer(page) if m[1]]


def steps(page: str) -> list[Step]:
    """What a reader of the page runs, in order: blocks of sh and python, and what stands behind a $ in other blocks."""
    found = blocks(page)
    made = list(_sessions(page))
    for block, below in zip(found, [*found[1:], None], strict=True):
        if block.kind in ("sh", "python"):
            near = below and below.kind == "text" and page[block.end : below.start].split() == ["```", "```text"]
            made.append(Step(block, below if near else None))
    return sorted(made, key=lambda step: step.code.start)


def _sessions(page: str) -> Iterator[Step]:
    """Of blocks without a language that begin with a $, each command, and the lines up to the next one."""
    for block in _BLOCK.finditer(page):
        if not block[1] and block[2].startswith("$ "):
            for m in re.finditer(r"^\$ (.*\n)((?:(?!\$ ).*\n)*)", block[2], re.MULTILINE):
                at = block.start(2)
                code, says = (Block(kind, m[n], at + m.start(n), at + m.end(n)) for n, kind in ((1, "sh"), (2, "text")))
                yield Step(code, says)


def commands(block: str) -> list[list[str]]:
    """The command lines of a block of sh, each in its words; comments are none."""
    joined = block.replace("\\\n", " ")
    return [words for line in joined.splitlines() if (words := shlex.split(line, comments=True))]


def says_so(stated: str, said: str) -> bool:
    """Whether what was said is what is stated; a stated line of `...` stands for any lines."""
    want, got = _steady(stated), _steady(said)
    parts = [[]] if not want else list(between(want))
    if len(parts) == 1:
        return parts[0] == got
    first, *middle, last = parts
    if got[: len(first)] != first or got[len(got) - len(last) :] != last or len(first) + len(last) > len(got):
        return False
    rest = got[len(first) : len(got) - len(last)]
    for part in middle:
        at = next((n for n in range(len(rest) - len(part) + 1) if rest[n : n + len(part)] == part), None)
        if at is None:
            return False
        rest = rest[at + len(part) :]
    return True


def between(lines: Sequence[str]) -> Iterator[list[str]]:
    """The runs of lines between lines of `...`."""
    part: list[str] = []
    for line in lines:
        if line.strip() == "...":
            yield part
            part = []
        else:
            part.append(line)
    yield part


def _steady(text: str) -> list[str]:
    """Its lines without what hangs on the clock."""
    return [_MOVES.sub("…", line.rstrip()) for line in text.strip("\n").splitlines()]


@dataclass
class Follower:
    """Runs the blocks of a page in this process, one after another, in the folder that it is in."""

    names: dict[str, object] = field(default_factory=dict)

    def run(self, block: Block) -> str:
        """What the block says, standard output and standard error as they come. Raises AssertionError where a command
        fails."""
        if block.kind == "python":
            return self._python(block.body)
        return "".join(self.command(words) for words in commands(block.body))

    def command(self, words: Sequence[str]) -> str:
        """What a command line of a guide says: `casus`, `cd`, `mkdir`, and `cat FILE | casus`, `casus > FILE`."""
        if any(tuple(words[: len(start)]) == start for start in ELSEWHERE):
            return ""
        if words[0] == "cd":
            os.chdir(words[1])
            return ""
        if words[0] == "mkdir":
            Path(words[1]).mkdir()
            return ""
        given, target = b"", None
        if words[0] == "cat" and words[2] == "|":
            given, words = Path(words[1]).read_bytes(), words[3:]
        if len(words) > 2 and words[-2] == ">":
            target, words = Path(words[-1]), words[:-2]
        assert Path(words[0]).name == "casus", f"no way to run {shlex.join(words)}"
        return self._casus(words[1:], given, target)

    def _casus(self, words: Sequence[str], given: bytes, target: Path | None) -> str:
        errors = _Kept()
        out = _Kept() if target else errors
        with redirect_stdout(out), redirect_stderr(errors), _stdin(given):
            code = cli.run(list(words))
        assert code == cli.FINE, f"casus {shlex.join(words)} ends with {code}: {errors.text()}"
        if target:
            target.write_bytes(out.held.getvalue())
        return errors.text()

    def _python(self, code: str) -> str:
        out = _Kept()
        with redirect_stdout(out):
            exec(compile(code, "a guide", "exec"), self.names)  # the guides are ours
        return out.text()


class _Kept(io.TextIOWrapper):
    """A stream as a pipe is one, of which one keeps what was written."""

    def __init__(self) -> None:
        self.held = io.BytesIO()
        super().__init__(self.held, encoding="utf-8", write_through=True)

    def text(self) -> str:
        """All that was written, of this day as of `DAY`."""
        self.flush()
        return as_of_day(self.held.getvalue().decode())


def as_of_day(said: str) -> str:
    """What was said, as if it were `DAY` today."""
    now = datetime.now(UTC)
    return re.sub(rf"{now.date()}|{now.astimezone().date()}", DAY, said)


@contextmanager
def _stdin(given: bytes) -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(given), encoding="utf-8")
    try:
        yield
    finally:
        sys.stdin = before


def stated_table(page: str) -> list[dict[str, str]]:
    """The last table of a page, a row a dict by its headings."""
    *_, table = re.findall(r"(?:^\|.*\|\n)+", page, re.MULTILINE)
    head, _, *rows = ([cell.strip().strip("`") for cell in row.strip("|\n").split("|")] for row in table.splitlines())
    return [dict(zip(head, row, strict=True)) for row in rows]


def stated_rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Of the rows of a CSV file the columns that a page states."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: row[name] for name in columns} for row in csv.DictReader(file)]


def lay_out(page: Path) -> Follower:
    """Puts what a page takes for granted into the folder that one is in: the root of a checkout has `src`, and whoever
    reads the README has reports of their own."""
    if page.parent == ROOT or page.parent == ROOT / "docs":
        Path("src").symlink_to(ROOT / "src")
    page_html, report = (Path("src/casus/samples") / name for name in ("05-broadcaster-page.html", "01-wire-flash.txt"))
    if page.parent == ROOT:
        Path("page.html").write_bytes(page_html.read_bytes())
        Path("report.txt").write_bytes(report.read_bytes())
        return Follower({"text": report.read_text("utf-8")})
    return Follower()
