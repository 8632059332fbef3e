"""The sample reports: all there, of the promised length, and disagreeing as they should."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from casus.samples import Sample, sample_paths, samples


def read(name: str) -> str:
    return next(sample.text for sample in samples() if sample.file.startswith(name))


class _Body(HTMLParser):
    """The text of a page's paragraphs, for counting words."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._open = Counter[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        self._open[tag] -= 1

    def handle_data(self, data: str) -> None:
        if self._open["article"] and self._open["p"] and not self._open["aside"]:
            self.words += data.split()


def words(sample: Sample) -> list[str]:
    if not sample.file.endswith(".html"):
        return sample.text.split()
    page = _Body()
    page.feed(sample.text)
    return page.words


def test_there_are_twelve_in_the_order_of_publication() -> None:
    assert len(samples()) == len({sample.file for sample in samples()}) == 12
    assert len(sample_paths()) == 12
    dates = [sample.published for sample in samples()]
    assert dates == sorted(dates)
    assert (dates[0], dates[-1]) == (date(2024, 1, 17), date(2024, 1, 22))


def test_the_index_lists_every_file_in_the_package() -> None:
    there = {f.name for f in files("casus.samples").iterdir() if f.name.endswith((".txt", ".html"))}
    assert there == {sample.file for sample in samples()}


@pytest.mark.parametrize("sample", samples(), ids=lambda s: s.file)
def test_each_is_120_to_450_words_by_a_publisher_it_names(sample: Sample) -> None:
    assert 120 <= len(words(sample)) <= 450
    head = sample.text.casefold()
    assert any(part.casefold() in head for part in re.split(r", ", sample.publisher))
    assert sample.what
    assert "\r" not in sample.text


def test_tolls_disagree_as_they_were_reported() -> None:
    assert "seven people were killed" in read("01")
    assert "risen to nine" in read("02")
    assert "A number of terrorists were killed" in read("03")
    assert "Ten people, five of them children, were killed" in read("10")


def test_the_syndicated_copy_is_nearly_the_update() -> None:
    def shingles(text: str) -> set[tuple[str, ...]]:
        tokens = re.findall(r"\w+", text.casefold())
        return set(zip(*(tokens[n:] for n in range(5)), strict=False))

    copy, update, flash = shingles(read("07")), shingles(read("02")), shingles(read("01"))
    assert len(copy & update) / len(copy) > 0.7
    assert len(copy & flash) / len(copy) < 0.1
    assert "Meridian Wire" in read("07")


def test_the_page_has_what_stands_around_a_text() -> None:
    page = read("05")
    for part in ("<nav", "<aside", "cookie", "figcaption", "application/ld+json", "datePublished", "<footer"):
        assert part in page
    assert "9 March 2021" in page
