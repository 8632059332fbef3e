"""The site: every page is in it, links lead somewhere, public names are in the reference, and nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

import casus
from casus.codebook import Codebook
from casus.codebook.markdown import to_markdown
from casus.export.markdown import page as columns_page

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
SITE: dict[str, Any] = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))


def named(nav: object) -> Iterator[str]:
    """The pages that a part of the navigation names."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, dict):
        for part in nav.values():
            yield from named(part)
    elif isinstance(nav, list):
        for part in nav:
            yield from named(part)


def slugs(page: str) -> set[str]:
    """The anchors of a page's headings."""
    bare = re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)
    headings = (re.sub(r"[^\w\s-]", "", h.lower()) for h in re.findall(r"^#+ (.+)$", bare, re.MULTILINE))
    return {re.sub(r"[\s-]+", "-", heading.strip()) for heading in headings}


def broken(page: Path, text: str) -> list[str]:
    """The links of a page that lead nowhere, or out of the docs, where the site has nothing."""
    found = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        there = (page.parent / path).resolve() if path else page
        inside = there.is_relative_to(DOCS) and there.is_file()
        if not inside or (anchor and anchor not in slugs(text if not path else there.read_text("utf-8"))):
            found.append(target)
    return found


def test_every_page_is_in_the_navigation_once() -> None:
    assert sorted(named(SITE["nav"])) == sorted(str(page.relative_to(DOCS)) for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_links_lead_to_a_page_of_the_site(page: Path) -> None:
    assert broken(page, page.read_text("utf-8")) == []


def test_a_link_that_leads_nowhere_is_found() -> None:
    page = DOCS / "formats" / "acled.md"
    good = "# Here and `there`\n[a](../columns.md#events) [b](#here-and-there) [c](https://x.example/y) [d](ged.md)\n"
    assert broken(page, good) == []
    for bad in ("../nowhere.md", "../columns.md#nothing", "#nothing", "../../README.md", "..", "columns.md"):
        assert broken(page, f"{good}[e]({bad})\n") == [bad]


def test_every_public_name_is_in_the_reference_once() -> None:
    told = re.findall(r"^::: casus\.(\w+)$", (DOCS / "api.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(told) == sorted(set(casus.__all__) - {"__version__"})


def test_pages_that_are_made_from_the_code_are_as_the_code() -> None:
    assert (DOCS / "columns.md").read_text("utf-8") == columns_page()
    assert (DOCS / "codebook.md").read_text("utf-8") == to_markdown(Codebook.load())


def test_a_page_that_is_opened_asks_the_network_for_nothing() -> None:
    assert SITE["strict"] is True
    assert SITE["theme"]["font"] is False
    assert "offline" in SITE["plugins"]
    # the plugin `offline` takes its own from the network where none is named
    assert any("iframe-worker" in script for script in SITE["extra"]["polyfills"])
    ours = [*SITE["extra"]["polyfills"], *SITE["extra_css"], *SITE.get("extra_javascript", [])]
    assert all((DOCS / name).is_file() for name in ours)
    # addresses that a page would load from; `repo_url` makes it ask how many stars there are
    text = (ROOT / "mkdocs.yml").read_text("utf-8") + "".join((DOCS / name).read_text("utf-8") for name in ours)
    assert not re.search(r"https?:|//[a-z]+\.|repo_url|analytics|consent", re.sub(r"^\s*(#|\*|//).*", "", text))
    assert not [page.name for page in PAGES if re.search(r"!\[|<img|<script|<iframe|mermaid", page.read_text("utf-8"))]
