"""Plots as files: PNG that decodes, SVG and JSON that are the same each time, pages that need no network."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest

from casus import cli_panel
from casus.analysis import charts_time, extras, plots
from casus.analysis.look import Chart
from casus.analysis.plots import PLOTS, Name, Wish, draw
from casus.cli_base import FILTERS
from casus.errors import ExportError, OutputError, UnknownError, UsageError
from casus.export import plot as plot_module
from casus.export.plot import FORMATS, Format, format_of, plot_bytes, write_plot
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from tests.exported import sample, strike
from tests.flats import event


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with sample() as made:
        yield made


def wish(ledger: Ledger) -> Wish:
    """What any of the plots may need."""
    return Wish(event=strike(ledger).id, sides=("IRN", "PAK"))


def two_strikes() -> Chart:
    """A plot of two events."""
    return charts_time.weekly([event(killed=2), event("2024-01-18", killed_low=7, killed_best=9, killed_high=10)])


@pytest.fixture(scope="module")
def chart() -> Chart:
    return two_strikes()


def pixels(png: bytes) -> tuple[int, int, int]:
    """Width, height and bytes of all rows of a PNG that decodes. Raises where it does not."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed, size = 8, b"", (0, 0)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + body)
        if kind == b"IHDR":
            size = struct.unpack(">II", body[:8])
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    assert png[at - 8 : at - 4] == b"IEND"
    return *size, len(zlib.decompress(packed))


class Links(HTMLParser):
    """All that a page refers to: scripts, styles, images."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [f"{tag} {value}" for name, value in attrs if name in ("src", "href", "action", "srcset")]


class TestFiles:
    """What is written."""

    def test_a_png_decodes_and_is_of_its_size(self, chart: Chart) -> None:
        width, height, rows = pixels(plot_bytes(chart, "png", scale=1))
        assert 740 <= width <= 820
        assert 300 <= height <= 700
        assert rows == height * (1 + 4 * width)  # RGBA, a byte of filter before each row
        twice = pixels(plot_bytes(chart, "png"))
        assert abs(twice[0] - 2 * width) <= 1

    @pytest.mark.parametrize("name", PLOTS)
    def test_every_plot_of_a_ledger_is_drawn(self, ledger: Ledger, name: Name) -> None:
        made = draw(ledger, name, Filter(), wish(ledger))
        width, _, _ = pixels(plot_bytes(made, "png", scale=1))
        assert width <= 820
        assert made.to_dict()["title"]["subtitle"]
        assert not re.search(r"matches\.|Nobody tells", json.dumps(made.to_dict()["datasets"]))

    @pytest.mark.parametrize("name", PLOTS)
    @pytest.mark.parametrize("form", ["svg", "json"])
    def test_the_same_plot_is_the_same_bytes(self, ledger: Ledger, name: Name, form: Format) -> None:
        written = {plot_bytes(draw(ledger, name, Filter(), wish(ledger)), form) for _ in range(2)}
        assert len(written) == 1

    def test_another_process_in_another_time_zone_draws_the_same(self, chart: Chart) -> None:
        code = (
            "import sys; from casus.export.plot import plot_bytes; from tests.test_plots_files import two_strikes;"
            "sys.stdout.buffer.write(plot_bytes(two_strikes(), 'svg'))"
        )
        for zone in ("Asia/Tokyo", "America/Los_Angeles"):
            env = {**os.environ, "TZ": zone, "PYTHONHASHSEED": "7"}
            root = Path(__file__).parent.parent
            out = subprocess.run([sys.executable, "-c", code], env=env, cwd=root, capture_output=True, check=True)
            assert out.stdout == plot_bytes(chart, "svg")

    def test_svg_has_its_letters_and_marks_numbered_from_nothing(self, chart: Chart) -> None:
        svg = plot_bytes(chart, "svg").decode()
        assert "Events per day by type, and people killed" in svg
        assert "Liberation Sans" in svg
        used, made = set(re.findall(r"url\(#(\w+)\)", svg)), set(re.findall(r'id="(\w+)"', svg))
        assert used <= made
        assert "clip0" in made or not any(name.startswith("clip") for name in made)

    def test_a_page_refers_to_nothing_elsewhere(self, chart: Chart) -> None:
        page = plot_bytes(chart, "html").decode()
        links = Links()
        links.feed(page)
        assert links.found == []
        assert not re.search(r"@import|url\(\s*['\"]?(https?:)?//", page)
        assert '"actions": false' in page
        assert "<title>Events per day by type, and people killed</title>" in page

    def test_a_page_shows_names_and_does_not_run_them(self) -> None:
        nasty = "</script><script>alert(1)</script>{x}"
        page = plot_bytes(charts_time.weekly([event(killed=1)], asked=(nasty,)), "html").decode()
        assert nasty not in page
        assert page.count("<script>") == page.count("</script>") == 2
        spec = page[page.index('vegaEmbed("#plot", ') + len('vegaEmbed("#plot", ') : page.index(', {"renderer"')]
        assert json.loads(spec)["title"]["subtitle"][0] == nasty

    def test_json_is_vega_lite(self, chart: Chart) -> None:
        made = json.loads(plot_bytes(chart, "json"))
        assert made["$schema"].startswith("https://vega.github.io/schema/vega-lite/v6")
        assert made == chart.to_dict()

    def test_a_file_is_written_whole_in_the_format_of_its_ending(self, chart: Chart, tmp_path: Path) -> None:
        for form in FORMATS:
            write_plot(chart, tmp_path / f"x.{form}", scale=1)
            assert (tmp_path / f"x.{form}").stat().st_size > 1000
        assert sorted(p.name for p in tmp_path.iterdir()) == sorted(f"x.{form}" for form in FORMATS)
        with pytest.raises(UsageError, match="there already"):
            write_plot(chart, tmp_path / "x.json", overwrite=False)
        with pytest.raises(OutputError):
            write_plot(chart, tmp_path / "none" / "x.json")
        with pytest.raises(UsageError, match="svg"):
            format_of(Path("x.gif"))

    def test_what_cannot_be_drawn_is_an_error_of_ours(self, chart: Chart, monkeypatch: pytest.MonkeyPatch) -> None:
        class Broken:
            def vegalite_to_svg(self, spec: str) -> str:
                raise ValueError("no")

        monkeypatch.setattr(plot_module, "needed", lambda module, extra: Broken())
        with pytest.raises(ExportError, match="cannot be drawn"):
            plot_bytes(chart, "svg")


class TestDraw:
    """A ledger's rows become a plot."""

    def test_a_plot_lacks_nothing_that_it_needs(self, ledger: Ledger) -> None:
        for name, asked in (("toll", Wish()), ("dyad", Wish()), ("sides", Wish(sides=("IRN",))), ("none", Wish())):
            with pytest.raises(UsageError):
                draw(ledger, name, Filter(), asked)
        with pytest.raises(UnknownError):
            draw(ledger, "toll", Filter(), Wish(event="evt_0000"))

    def test_a_toll_is_of_one_event(self, ledger: Ledger) -> None:
        made = draw(ledger, "toll", wish=Wish(event=strike(ledger).id[:12])).to_dict()
        assert made["title"]["subtitle"][1] == "3 claims with a figure, 0 without"

    def test_a_toll_of_an_event_without_date_place_or_side_is_found(self, ledger: Ledger) -> None:
        for event_ in ledger.events():
            assert draw(ledger, "toll", wish=Wish(event=event_.id)).to_dict()["title"]["subtitle"]

    def test_a_dyad_is_the_same_whoever_is_named_first(self, ledger: Ledger) -> None:
        one, other = (draw(ledger, "dyad", wish=Wish(sides=s)).to_dict() for s in (("IRN", "PAK"), ("PAK", "IRN")))
        assert one["title"]["subtitle"][0].startswith("2 events")
        assert other["title"]["subtitle"][0].startswith("2 events")

    def test_the_filter_is_told_and_kept(self, ledger: Ledger) -> None:
        near = draw(ledger, "weekly", Filter(country="IRN", near=(27.37, 62.33, 20.0), killed=1)).to_dict()
        assert near["title"]["subtitle"][:2] == [
            "country IRN; killed at least 1; within 20 km of 27.37, 62.33", "1 event",
        ]  # fmt: skip

    def test_sides_speak_through_those_whom_reports_name(self, ledger: Ledger) -> None:
        made = draw(ledger, "sides", wish=Wish(sides=("IRN", "PAK"))).to_dict()
        assert made["title"]["subtitle"][0].startswith("1 event of which they speak")

    def test_every_plot_says_what_it_shows(self) -> None:
        assert set(PLOTS) == set(plots._DRAW)
        assert all(words.endswith(".") for words in PLOTS.values())

    @pytest.mark.parametrize("missing", ["altair", "vl_convert"])
    def test_a_missing_package_is_told_with_what_to_install(
        self, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, missing: str
    ) -> None:
        found = import_module

        def gone(name: str) -> Any:
            if name == missing:
                raise ImportError(name)
            return found(name)

        monkeypatch.setattr(extras, "import_module", gone)
        with pytest.raises(ExportError) as caught:
            plot_bytes(draw(ledger, "weekly"), "png")
        assert caught.value.hint == 'pip install "casus-events[plots]"'


PAGE = (Path(__file__).parent.parent / "docs" / "plots.md").read_text(encoding="utf-8")


def test_plots_and_their_command_are_documented() -> None:
    assert re.findall(r"^\| `([a-z]+)` \|", PAGE.partition("## Commands")[0], re.MULTILINE) == list(PLOTS)
    for option in (p for p in cli_panel.plot.params if isinstance(p, click.Option)):
        assert option.help
        if option.name not in (*FILTERS, "ledger"):
            assert all(f"`{flag}" in PAGE for flag in option.opts), option.opts
