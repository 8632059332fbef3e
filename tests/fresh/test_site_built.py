"""The site as `make docs` builds it: a page that is opened loads nothing from elsewhere, and search needs no server."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.guides import ROOT

pytestmark = pytest.mark.fresh

SITE = ROOT / "site"
# what a browser asks for without a click, by element and attribute
LOADS = {
    "script": ("src",), "link": ("href",), "img": ("src", "srcset"), "iframe": ("src", "srcdoc"), "source": ("src",),
    "video": ("src", "poster"), "audio": ("src",), "object": ("data",), "embed": ("src",), "image": ("href",),
    "use": ("href",), "form": ("action",), "base": ("href",),
}  # fmt: skip


class Loads(HTMLParser):
    """Gathers the addresses that a page loads from, and its marks that make the theme load more."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and given.get("rel") in ("canonical", "next", "prev"):
            return  # these are told, and not asked for
        self.found += [given[name] for name in LOADS.get(tag, ()) if name in given]
        if "mermaid" in given.get("class", "") or given.get("data-md-component") == "source":
            self.found.append(f"https: a {tag} for which the theme asks")


def loaded(html: str) -> list[str]:
    """What a page loads from elsewhere."""
    parser = Loads()
    parser.feed(html)
    return [address for address in parser.found if re.match(r"https?:|//", address)]


def pages() -> list[Path]:
    found = sorted(SITE.rglob("*.html"))
    assert found, "run `make docs` first"
    return found


def test_no_page_loads_anything_from_elsewhere() -> None:
    assert {page.name: found for page in pages() if (found := loaded(page.read_text("utf-8")))} == {}


def test_no_style_loads_anything_from_elsewhere() -> None:
    styles = [path.read_text("utf-8") for path in [*SITE.rglob("*.css"), *pages()]]
    assert [
        found for text in styles for found in re.findall(r"(?:url\(|@import )[\"']?(?:https?:)?//[^\"')]+", text)
    ] == []


def test_what_loads_from_elsewhere_would_be_found() -> None:
    assert loaded('<script src="https://cdn.example/x.js"></script><a href="https://x.example">') != []
    assert loaded('<link rel="stylesheet" href="//fonts.example/x.css"><link rel="canonical" href="https://y">') != []
    assert loaded('<a href="https://x.example"><img src="assets/x.png"><link rel="canonical" href="https://y">') == []


def test_pages_of_the_reference_hold_what_the_code_says() -> None:
    text = (SITE / "api.html").read_text("utf-8")
    assert 'id="casus.Ledger.events"' in text
    assert "&gt;&gt;&gt;" in text  # examples stand as code
    assert "<blockquote>" not in text  # and not as quotations
    assert not (SITE / "_site").exists()


def test_search_works_in_a_page_that_was_opened_from_the_disk() -> None:
    assert "Checking a disputed toll" in (SITE / "search" / "search_index.js").read_text("utf-8")
    assert 'src="assets/iframe-worker.js"' in (SITE / "index.html").read_text("utf-8")
    assert (SITE / "assets" / "iframe-worker.js").exists()
