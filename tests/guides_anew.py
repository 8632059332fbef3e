"""Writes anew what the commands of guides say, as a new reader or new rules have them: `python -m tests.guides_anew`.

Takes the pages to be written anew, or all that are followed by tests. A block in which nothing but clocks moved stays
as it is, and one that holds a line of `?` alone is filled. Of a block with lines of `...` the lines that are most like
those that stood there are kept. Ids that have moved are put in place in the rest of the page, commands among it. Look
at `git diff` then: whether the prose still fits is not looked at.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from casus.config import SETTINGS
from tests.guides import GUIDES, ROOT, Follower, Step, between, lay_out, says_so, stated_rows, steps

_ID = re.compile(r"\b(?:evt|clm|doc)_[0-9a-f]{4,}")


def anew(page: str, follower: Follower) -> str:
    """The page with what its commands say now, run in the folder that one is in."""
    n = 0
    while n < len(found := steps(page)):
        page = _stepped(page, found[n], follower)
        n += 1
    return _with_table(page)


def _stepped(page: str, step: Step, follower: Follower) -> str:
    """The page with what one of its blocks says now; the blocks before it are up to date."""
    said = follower.run(step.code).strip("\n") + "\n"
    if step.says is None or says_so(step.says.body, said):
        return page
    old = step.says.body
    new = said if old == "?\n" else shortened(old, said)
    moved = moved_ids(old, new)
    rest = _ID.sub(lambda m: _moved(m[0], moved), page[step.says.end :])
    return page[: step.says.start] + new + rest


def shortened(old: str, said: str) -> str:
    """Of what was said the runs of lines that are most like those between lines of `...`, as many lines of each."""
    lines, made, at = said.splitlines(), list[list[str]](), 0
    parts = list(between(old.splitlines()))
    for part in parts:
        if part is parts[-1] and len(parts) > 1 and part:
            at = max(at, len(lines) - len(part))
        ends = range(at, max(at, len(lines) - len(part)) + 1)
        at = at if part is parts[0] or not part else max(ends, key=lambda n: _like(part, lines[n : n + len(part)]))
        kept = lines[at : at + len(part)]
        at += len(part)
        while kept and not kept[-1] and part[-1]:
            kept.pop()  # what stood there before ended with words
        made.append(kept)
    return "\n...\n".join("\n".join(part) for part in made).strip("\n") + "\n"


def _like(one: Sequence[str], other: Sequence[str]) -> float:
    return SequenceMatcher(None, _ID.sub("…", "\n".join(one)), _ID.sub("…", "\n".join(other)), autojunk=False).ratio()


def moved_ids(old: str, new: str) -> dict[str, str]:
    """What ids of the old output are called in the new one, by the lines that are otherwise the same or stand alike."""
    before, after = old.splitlines(), new.splitlines()
    one_masked, other_masked = ([_ID.sub("…", line) for line in lines] for lines in (before, after))
    moved: dict[str, str] = {}
    for _, a, b, c, d in SequenceMatcher(None, one_masked, other_masked, autojunk=False).get_opcodes():
        for one, other in zip(before[a:b], after[c:d], strict=False):
            ids = _ID.findall(one), _ID.findall(other)
            if len(ids[0]) == len(ids[1]):
                moved.update(zip(*ids, strict=True))
    return moved


def _moved(name: str, moved: dict[str, str]) -> str:
    """An id's new name, whole or shortened as it was."""
    for old, new in moved.items():
        if old.startswith(name) or name.startswith(old):
            return new[: len(name)]
    return name


def _with_table(page: str) -> str:
    """The page with the rows of acled.csv in its table, where it has one of ACLED's columns."""
    head = re.search(r"^\| `event_id_cnty` .*\n\|[ |-]+\n", page, re.MULTILINE)
    if head is None:
        return page
    columns = re.findall(r"`(\w+)`", head[0])
    rows = [f"| {' | '.join(row.values())} |\n" for row in stated_rows(Path("acled.csv"), columns)]
    return page[: head.end()] + "".join(rows) + re.sub(r"\A(?:\|.*\n)*", "", page[head.end() :])


def main(paths: Sequence[str]) -> None:
    """Writes the pages anew."""
    for name in {*SETTINGS, "COLUMNS", "NO_COLOR", "FORCE_COLOR"} - {"CASUS_CACHE"}:
        os.environ.pop(name, None)
    for path in [Path(path).resolve() for path in paths] or GUIDES:
        page = path.read_text("utf-8")
        with TemporaryDirectory() as folder:
            os.chdir(folder)
            made = anew(page, lay_out(path))
            os.chdir(ROOT)
        if made != page:
            path.write_text(made, "utf-8")
        click.echo(f"{path.relative_to(ROOT)}: {'written anew' if made != page else 'as it was'}")


if __name__ == "__main__":
    main(sys.argv[1:])
