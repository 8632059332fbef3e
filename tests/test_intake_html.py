"""Pages that are broken, hostile or odd: they are read as far as they go and never crash."""

from __future__ import annotations

import time
import warnings
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.errors import EmptyError, IntakeError
from casus.intake.load import document_from_bytes
from casus.intake.web.html import read_page
from casus.intake.web.markup import scan
from casus.intake.web.meta import url_date, without_site

PROSE = "The army said on Monday that it had taken the town of Belo and that nine of its soldiers were killed."


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + f"<p>{PROSE}</p>",
        "<html><body>" + "<b><p>" * 20_000 + PROSE,
        f"<html><body><p>{PROSE}</p>" + "<p>x</p>" * 20_000,
        f"<html><head><title>A title of a page</title><p>{PROSE}",
        f"<p>{PROSE}</p>" + "<script>" * 2_000,
        f"<html><body><!-- never closed <p>{PROSE}</p></body></html>",
        f"<body onload='x'><table><tr><td><p>{PROSE}</td></table><<<>>>",
        f"<html><script type='application/ld+json'>{'[' * 50_000}</script><p>{PROSE}</p></html>",
    ],
    ids=["deep", "deep-inline", "many", "no-body", "scripts", "comment", "brackets", "ld"],
)
def test_hostile_pages_are_read(page: str) -> None:
    document = document_from_bytes(page.encode(), name="x.html")
    assert PROSE in document.text


@pytest.mark.parametrize("page", ["<html></html>", "<html><body><script>let a = 1</script></body></html>"])
def test_pages_without_a_report_are_empty(page: str) -> None:
    with pytest.raises(EmptyError):
        document_from_bytes(page.encode(), name="x.html")


def test_too_big_a_page_says_so() -> None:
    page = read_page(f"<html><body><p>{PROSE}</p>" + "<p>The rebels left the town.</p>" * 6_000)
    assert any("without the extractor" in n for n in page.notes)


def test_the_extractor_warns_nobody() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert PROSE in read_page(f"<html><body><article><p>{PROSE}</p></article></body></html>").text


def test_broken_charset_does_not_lose_the_page() -> None:
    page = (
        b'<html><head><meta charset="no-such"></head><body><p>' + PROSE.encode() + b" Caf\xe9 closed.</p></body></html>"
    )
    document = document_from_bytes(page, name="x.html")
    assert "Café closed." in document.text
    assert any("Windows-1252" in n for n in document.notes)


def test_a_modified_date_is_no_date_of_publication() -> None:
    page = f'<html><meta property="article:modified_time" content="2024-05-05"><body><p>{PROSE}</p></body></html>'
    assert read_page(page).published is None


def test_skipped_elements_end_where_they_end() -> None:
    blocks = scan("<p>one</p><aside><aside>x</aside>y</aside><p>two</p><script>z</script>three").blocks
    assert [b.text for b in blocks] == ["one", "two", "three"]


def test_entities_and_attributes() -> None:
    found = scan("<meta content='a &amp; b' property=og:title><title>x\n y</title>a&nbsp;&quot;b&quot;")
    assert found.metas == (("og:title", "a & b"),)
    assert found.title == "x y"
    assert [b.text for b in found.blocks] == ['a "b"']


REPORT = f"""<h1>Army takes the town of Belo</h1><p>{PROSE}</p>
<p>The rebels said that they had left the town on Sunday, and that its bridges were blown up by the army.</p>
<figure><img><figcaption>Soldiers stand guard in Belo on Monday</figcaption></figure>"""
DATED = '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2024-01-17"}</script>'


@pytest.mark.parametrize("many", [0, 3_000], ids=["few", "many"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<form id=aspnetForm><input>", "</form>"),
        ("<form id=aspnetForm><form action=/search><input>", ""),
        ("<button>Menu", ""),
        ("<button>Menu", "<button>Share</button>"),
        ("<nav><a href=/>Home</a>", ""),
        ("<nav><aside>", ""),
    ],
    ids=["form", "nested-form", "button", "two-buttons", "nav", "nav-aside"],
)
def test_a_report_in_a_form_or_in_what_was_never_closed_is_read(before: str, after: str, many: int) -> None:
    """The same as in a `div`; with more elements than the extractor is asked about, too."""
    rest = "<div><i>x</i></div>" * many
    found = read_page(f"<html><body>{before}{DATED}{REPORT}{rest}{after}</body></html>")
    plain = read_page(f"<html><body><div>{DATED}{REPORT}{rest}</div></body></html>")
    assert found.title == plain.title == "Army takes the town of Belo"
    assert found.published == plain.published == date(2024, 1, 17)
    assert found.captions == plain.captions == ("Soldiers stand guard in Belo on Monday",)
    assert PROSE in found.text
    assert any("without the extractor" in note for note in found.notes) == bool(many)


def test_a_form_without_a_report_is_skipped() -> None:
    sign_up = "By signing up you accept our terms of use, and that we send you our newsletter every day of the week."
    for name in ("form", "button"):
        page = (
            f"<p>one</p><{name}><h1>Sign up for more</h1><p>{sign_up}</p><p class=caption>a b c</p></{name}><p>two</p>"
        )
        assert [b.text for b in scan(page).blocks] == ["one", "two"]


def test_what_a_skipped_element_says_of_itself_is_not_said_of_the_page() -> None:
    markup = scan(
        "<aside><time datetime=2020-01-01>x</time><meta itemprop=datePublished content=2020-01-01>"
        f"<link rel=canonical href=https://a.example><svg><title>icon</title></svg></aside><footer>{DATED}</footer>"
        "<time datetime=2024-01-01>y</time>"
    )
    assert (markup.times, markup.metas, markup.canonical, markup.title) == (("2024-01-01",), (), None, "")
    # but JSON-LD speaks about the page wherever it stands
    assert len(markup.json_ld) == 1


def test_elements_in_menus_are_counted() -> None:
    markup = scan("<div><nav>" + "<div><a>x</a>" * 500 + "</nav></div><p>one</p>")
    assert (markup.elements, markup.skipped) == (3, 1_000)
    assert markup.depth > 500
    page = read_page(f"<html><body><nav>{'<a>x</a>' * 50_100}</nav><p>{PROSE}</p></body></html>")
    assert any("50,1" in note and "without the extractor" in note for note in page.notes)
    assert page.text == PROSE


@pytest.mark.parametrize("opening", ["<nav>", "<button>", "<form>", "<table><tr><td>x", "<td>x<button>y</button>"])
def test_many_open_elements_cost_no_more_than_closed_ones(opening: str) -> None:
    start = time.process_time()
    scan(f"<p>{PROSE}</p>" + opening * 20_000 + "</nav></form>" * 20_000)
    assert time.process_time() - start < 10


@pytest.mark.parametrize("cell", ["td", "th"])
@pytest.mark.parametrize("inner", ["{}", "<p>{}</p>"])
@pytest.mark.parametrize("many", [0, 3_000], ids=["few", "many"])
def test_rows_of_a_table_do_not_become_sentences(cell: str, inner: str, many: int) -> None:
    rows = [("Belo", "3 killed"), ("Adan", "5 killed")]
    cells = ["".join(f"<{cell}>{inner.format(text)}</{cell}>" for text in row) for row in rows]
    table = f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>{'<i>x</i><br>' * many}"
    assert "killed" not in read_page(f"<html><body>{table}</body></html>").text
    assert read_page(f"<html><body><p>{PROSE}</p>{table}</body></html>").text == PROSE
    with pytest.raises(EmptyError) as caught:
        document_from_bytes(f"<html><body>{table}</body></html>".encode(), name="x.html")
    assert "table" in caught.value.hint


@pytest.mark.parametrize("many", [0, 3_000], ids=["few", "many"])
def test_a_page_laid_out_as_a_table_is_read(many: int) -> None:
    story = f"<h1>Army takes Belo</h1><p>{PROSE}</p><p>All fled.</p>"
    entry = "Two more soldiers were killed there on Sunday."
    rows = f"<tr><td>Home</td><td>{story}</td></tr><tr><td>12 May</td><td><p>{entry}</p></td></tr>"
    text = read_page(f"<html><body><table>{rows}</table>{'<i>x</i><br>' * many}").text
    for words in (PROSE, "All fled.", entry):
        assert words in text
    assert "Home" not in text


@pytest.mark.parametrize(
    ("title", "publisher", "bare"),
    [
        ("Army takes Belo | The Post", None, "Army takes Belo"),
        ("Army takes Belo - The Post", "The Post", "Army takes Belo"),
        ("Army takes Belo - Post", "The Post", "Army takes Belo"),
        ("Army takes Belo - rebels flee", "The Post", "Army takes Belo - rebels flee"),
        ("Belo | Post", None, "Belo | Post"),
    ],
)
def test_the_site_is_no_part_of_the_title(title: str, publisher: str | None, bare: str) -> None:
    assert without_site(title, publisher) == bare


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2024/01/18/x", "2024-01-18"),
        ("https://a.example/world/2024/jan/18/x", "2024-01-18"),
        ("https://a.example/news/20240118-x", "2024-01-18"),
        ("https://a.example/2024/13/18/x", None),
        ("https://a.example/news/12345678", None),
    ],
)
def test_the_date_in_an_address(url: str, day: str | None) -> None:
    found = url_date(url)
    assert (found.isoformat() if found else None) == day


PIECES = st.sampled_from([
    "<p>", "</p>", "<div class=caption>", "</div>", "<figure>", "<figcaption>", "</figcaption>", PROSE, "<", ">",
    "<!--", "-->", "<script>", "</script>", "<title>", "</title>", "<h1>Army takes Belo</h1>", "&amp;", "&#x0;", "\x00",
    "<meta ",
    '<meta property="og:title" content="', '">',
    "<br/>", "<aside>", "</aside>", "</", "<html>", "<body>", "é", "😀", "<form>", "</form>", "<button>", "</button>",
    "<nav>", "</nav>", "<table>", "<tr>", "<td>", "3 killed", "</td>", "</tr>", "</table>",
])  # fmt: skip


@given(st.lists(PIECES, max_size=40))
def test_any_markup_gives_a_page_or_an_intake_error(pieces: list[str]) -> None:
    page = "<html>" + "".join(pieces)
    try:
        document = document_from_bytes(page.encode(), name="x.html")
    except IntakeError:
        return
    for region in document.regions:
        assert 0 <= region.start < region.end <= len(document.text)


def test_entities_in_json_ld_are_read_and_the_headline_stands_once() -> None:
    body = " ".join(["The minister flew home on Thursday after talks with the two envoys in the capital."] * 8)
    head = '{"@type": "NewsArticle", "headline": "Minister ends Tuesday&#39;s talks in Nairobi"}'
    page = (
        f'<html><head><script type="application/ld+json">{head}</script></head><body><article>'
        f"<h1>Minister ends Tuesday’s talks in Nairobi</h1><p>{body}</p></article></body></html>"
    )
    found = read_page(page)
    assert found.title == "Minister ends Tuesday’s talks in Nairobi"  # as readers see it
    assert found.text.count("talks in Nairobi") == 1
