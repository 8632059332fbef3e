"""The newcomer's guide, word by word, in an environment with nothing else in it, ends with the table that it states."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guides import NEWCOMER, ROOT, as_of_day, says_so, stated_rows, stated_table, steps

pytestmark = pytest.mark.fresh

MARK = "@@ next block @@"


def built(folder: Path) -> Path:
    """The wheel of this checkout."""
    uv = ROOT / ".venv-tools" / "bin" / "uv"
    assert uv.exists(), "run `make test` first, which fetches uv"
    subprocess.run([uv, "build", "--quiet", "--wheel", "--out-dir", folder, ROOT], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def environment(folder: Path, wheel: Path) -> dict[str, str]:
    """That of a newcomer: no settings, an empty cache, this Python as `python3`; pip takes `casus-events` from here."""
    ours = re.compile(r"CASUS_|PYTHON|VIRTUAL_ENV|UV_|COLUMNS|NO_COLOR|FORCE_COLOR|PIP_CONSTRAINT")
    kept = {name: value for name, value in os.environ.items() if not ours.match(name)}
    constraint = folder / "constraint.txt"
    constraint.write_text(f"casus-events @ {wheel.as_uri()}\n", "utf-8")
    return {
        **kept,
        "PATH": f"{Path(sys.base_prefix) / 'bin'}{os.pathsep}{os.defpath}",
        "CASUS_CACHE": str(folder / "cache"),
        "PIP_CONSTRAINT": str(constraint),
        "PYTHONUNBUFFERED": "1",  # standard output and standard error come in order, as on a terminal
    }


def test_the_newcomers_guide_ends_with_the_table_that_it_states(tmp_path: Path) -> None:
    page = NEWCOMER.read_text("utf-8")
    found = steps(page)
    folder = tmp_path / "work"
    folder.mkdir()
    # one shell for all blocks, as the newcomer has one terminal
    script = "".join(f"{step.code.body}\necho '{MARK}'\n" for step in found)
    done = subprocess.run(
        ["bash", "-e", "-c", f"exec 2>&1\n{script}"],
        check=False,
        cwd=folder,
        env=environment(tmp_path, built(tmp_path / "dist")),
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        timeout=1500,
    )
    assert done.returncode == 0, done.stdout
    said = done.stdout.split(f"{MARK}\n")
    assert len(said) == len(found) + 1
    for step, words in zip(found, said, strict=False):
        assert step.says is None or says_so(step.says.body, as_of_day(words)), f"{step.code.body}\nsays\n\n{words}"
    stated = stated_table(page)
    assert stated_rows(folder / "acled.csv", list(stated[0])) == stated
    assert (folder / "casus-env" / "bin" / "casus").exists()
