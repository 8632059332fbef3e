"""Formats of other packages: found by entry point, asked before our own, and never a reason to lose a document."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from casus.config import Config
from casus.errors import DataError
from casus.pipeline import documents, load_plugins, take_in
from casus.records import Document, Failure
from casus.sources import Source

# a plug-in as somebody would write it: subtitles of news broadcasts (SubRip)
PLUGIN = """
import re
from casus.errors import EmptyError
from casus.intake.build import Source, of_text, text_of

BLOCK = re.compile(r"\\d+\\s*\\n[\\d:,]+ --> [\\d:,]+\\s*\\n(.*?)(?:\\n\\s*\\n|\\Z)", re.S)


class SubRip:
    def sniff(self, head, name):
        return b" --> " in head[:200] and head[:3].strip().startswith(b"1")

    def read(self, raw, intake):
        data = raw.data(intake.given.limit)

        def make():
            text, source = text_of(data, Source(raw.name, raw.known, intake.given))
            words = " ".join(" ".join(block.split()) for block in BLOCK.findall(text))
            if not words:
                raise EmptyError(f"{raw.name} holds no words")
            return of_text(words, source, media_type="application/x-subrip")

        yield from intake.item(raw.name, data, raw.known, make)


FORMAT = SubRip()
BROKEN = object()
"""
SUBTITLES = """1
00:00:01,000 --> 00:00:04,000
The army shelled the town of Zakho on Tuesday

2
00:00:04,000 --> 00:00:08,000
and killed two people there, the governor said.
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package with the plug-in, as an installer leaves it."""
    folder = tmp_path / "site"
    (folder / "subrip_for_casus-1.0.dist-info").mkdir(parents=True)
    (folder / "subrip_for_casus.py").write_text(PLUGIN, "utf-8")
    info = folder / "subrip_for_casus-1.0.dist-info"
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: subrip-for-casus\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[casus.formats]\nsubrip = subrip_for_casus:FORMAT\n", "utf-8")
    monkeypatch.syspath_prepend(str(folder))
    load_plugins.cache_clear()
    yield info
    load_plugins.cache_clear()
    sys.modules.pop("subrip_for_casus", None)


def test_a_plug_in_is_asked_first(installed: Path, tmp_path: Path) -> None:
    path = tmp_path / "broadcast.srt"
    path.write_text(SUBTITLES, "utf-8")
    (made,) = documents(path)
    assert isinstance(made, Document)
    assert made.text == (
        "The army shelled the town of Zakho on Tuesday and killed two people there, the governor said."
    )
    assert made.media_type == "application/x-subrip"
    assert made.raw_sha256 is not None


def test_without_it_the_file_is_text(tmp_path: Path) -> None:
    load_plugins.cache_clear()
    path = tmp_path / "broadcast.srt"
    path.write_text(SUBTITLES, "utf-8")
    (made,) = documents(path)
    assert isinstance(made, Document)
    assert "-->" in made.text


def test_its_refusals_and_faults_are_failures(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CASUS_DEBUG", raising=False)
    empty = b"1\n00:00:01,000 --> 00:00:04,000\n"
    source = Source("a.srt", None)
    (failure,) = [made for _, made in take_in([source], Config(cache=tmp_path), stdin=io.BytesIO(empty))]
    assert isinstance(failure, Failure)
    assert (failure.code, failure.item) == ("empty", "a.srt")
    (plugin,) = load_plugins()
    monkeypatch.setattr(type(plugin), "read", lambda *_: iter([1 / 0]))
    (failure,) = [made for _, made in take_in([source], Config(cache=tmp_path), stdin=io.BytesIO(SUBTITLES.encode()))]
    assert isinstance(failure, Failure)
    assert failure.code == "internal"


@pytest.mark.parametrize("value", ["subrip_for_casus:ABSENT", "no_such_module:FORMAT", "subrip_for_casus:BROKEN"])
def test_one_that_cannot_be_loaded_ends_the_run(installed: Path, value: str) -> None:
    (installed / "entry_points.txt").write_text(f"[casus.formats]\nsubrip = {value}\n", "utf-8")
    with pytest.raises(DataError, match=r"the plug-in 'subrip' \(.*\) cannot be loaded"):
        load_plugins()
