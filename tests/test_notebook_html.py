"""What a notebook shows: the evidence, and nothing that a report could have put there to act."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import casus
from casus.config import Config
from casus.notebook import html_document, html_event
from casus.notebook.asked import Asked
from casus.notebook.html_parts import link, mark, said, words
from casus.notebook.views import DocumentView, document_view
from casus.records import Claim, Document, Figure, Participant, Place, Region, Source, Span, When
from tests.papers import Deed, filled, paper

TAGS = {
    "a", "b", "br", "details", "div", "i", "mark", "span", "summary", "table", "tbody", "td", "th", "thead", "tr",
    "wbr",
}  # fmt: skip
VOID = {"br", "wbr"}
ATTRIBUTES = {"style", "title", "href", "target", "rel", "cellpadding"}
EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'</mark></td><!-- & \x00\u202e"


class Page(HTMLParser):
    """Reads a view strictly: which tags and attributes it has, whether they close, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.marked, self.links, self._open = "", list[str](), list[str](), list[str]()
        self.feed(html)
        self.close()
        assert not self._open, "a tag is left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        for name, value in attrs:
            assert name in ATTRIBUTES, name
            if name == "href":
                assert (value or "").startswith(("http://", "https://")), value
                self.links.append(value or "")
            if name == "style":
                assert "url" not in (value or "")
        if tag not in VOID:
            self._open.append(tag)
        if tag == "mark":
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if "mark" in self._open:
            self.marked[-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")


def views(ledger: casus.Ledger) -> Iterator[str]:
    """Every view that a ledger gives."""
    shown: Any
    for shown in (
        ledger,
        ledger.events(),
        ledger.claims(),
        ledger.documents(),
        ledger.conflicts(),
        ledger.review.queue(),
    ):
        yield shown._repr_html_()
    for rows in (ledger.events(), ledger.claims(), ledger.documents(), ledger.conflicts()):
        for view in rows:
            yield view._repr_html_()


# ------------------------------------------------------------------ what is shown


class TestShown:
    """The evidence stands in it."""

    def test_events(self, db: casus.Ledger) -> None:
        page = Page(db.events(type="ASSAULT")._repr_html_())
        for words_ in ("2 events", "type ASSAULT", "Saravan, IRN", "7-7-9", "3/3", "killed", "2024-01-16"):
            assert words_ in page.text

    def test_no_more_than_the_first_rows(self, db: casus.Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("casus.notebook.rows.SHOWN_HTML", 2)
        for rows, n in ((db.events(), 3), (db.claims(), 6), (db.documents(), 5)):
            html = rows._repr_html_()
            assert Page(html).text.endswith(f"and {n - 2} more")
            assert html.count("<tr>") == 1 + 2

    def test_an_event_with_its_claims_by_who_says_so(self, db: casus.Ledger) -> None:
        event = db.events(disputed=True)[0]
        page = Page(event._repr_html_())
        assert page.marked == ["bombed", "struck"]
        assert page.links == [claim.document.url for claim in event.claims]
        at = [page.text.index(part) for part in (
            event.line, "2 reports of 2 publishers, 2 independent", "Saravan, Sistan and Baluchestan, IRN", "killed779",
            "disputed: killed (open)", "2 claims, by who says so", "the deputy governor official killed 9",
            event.claims[0].quote, "The Harbour Times, 2024-01-18: Nine dead in Saravan", "killed 9 “nine people”",
            "state television media", event.claims[1].quote,
        )]  # fmt: skip
        assert at == sorted(at)

    def test_what_a_person_settled(self, db: casus.Ledger) -> None:
        event = db.events(disputed=True)[0]
        db.review.settle(event, "killed", "9", by="ana")
        fresh = db.event(event.id)
        assert "disputed: killed (settled: 9)" in Page(fresh._repr_html_()).text
        assert "disputed: killed (settled: 9)" in Page(fresh.conflicts[0]._repr_html_()).text

    def test_a_claim(self, db: casus.Ledger) -> None:
        claim = db.events(disputed=True)[0].claims[0]
        page = Page(claim._repr_html_())
        assert page.marked == ["bombed"]
        for part in ("“nine people”", "Saravan IRN exact", "only one of that name", "day, relative", claim.id,
                     "in evt_2178aacd", "the deputy governor official", "confidence 0.90"):  # fmt: skip
            assert part in page.text
        db.review.reject(claim, by="ana")
        assert "rejected by a person" in Page(db.claim(claim.id)._repr_html_()).text

    def test_a_document_with_its_claims_marked(self, db: casus.Ledger) -> None:
        document = db.documents(min_killed=5)[0]
        page = Page(document._repr_html_())
        assert page.marked == ["bombed", "struck"]
        assert document.text in page.text
        assert "The Harbour Times · 2024-01-18 (given)" in page.text

    def test_a_closed_ledger_is_told(self, db: casus.Ledger) -> None:
        shown: list[Any] = [db, db.events(), db.events()[0], db.claims()[0], db.documents()[0], db.conflicts()[0]]
        db.close()
        for one in shown[:-1]:
            assert "cannot be used so" in Page(one._repr_html_()).text
        assert "killed: " in repr(shown[-1])

    def test_a_large_event_is_cut(self, db: casus.Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(html_event, "MOST", 1)
        monkeypatch.setattr(html_event, "SHOWN", 0)
        html = db.events(disputed=True)[0]._repr_html_()
        page = Page(html)
        assert "and 1 more: `event.claims`" in page.text
        assert html.count("<details>") == 1
        assert page.marked == ["bombed"]

    def test_a_long_text_is_cut(self, db: casus.Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(html_document, "MOST", 30)
        page = Page(db.documents()[0]._repr_html_())
        text = db.documents()[0].text
        assert f"… {len(text) - 30} more letters" in page.text
        assert text[:30] in page.text
        assert text not in page.text


# ------------------------------------------------------------------ what is not


def hostile() -> casus.Ledger:
    """A ledger in which every word of reports is code."""
    text = f"{EVIL} struck {EVIL}"
    document = Document.of(
        text, id="d", title=EVIL, url='javascript:alert("1")', publisher=EVIL, byline=EVIL, notes=(EVIL,),
        published=date(2024, 1, 2), regions=(Region("body", 0, len(text)),),
    )  # fmt: skip
    span, trigger = Span.cut(text, 0, len(EVIL)), Span.cut(text, len(EVIL) + 1, len(EVIL) + 7)
    day = date(2024, 1, 1)

    def claim(of: Document, killed: int) -> Claim:
        return Claim(
            id=Claim.make_id(of.id, trigger, "ASSAULT", "happened"),
            document_id=of.id,
            sentence=Span.cut(text, 0, len(text)),
            trigger=trigger,
            type="ASSAULT",
            actors=(Participant(span, EVIL, EVIL, "MIL", why=EVIL),),
            recipients=(Participant(span, EVIL, None),),
            place=Place(span, EVIL, EVIL, EVIL, "PAK", 1.0, 2.0, "exact", EVIL),
            when=When(day, day, "day", "stated", span, EVIL),
            weapon=span,
            figures=(Figure("killed", killed, killed, span, EVIL, EVIL),),
            source=(Source(span, f"{EVIL} {of.id}", "official", EVIL),),
            confidence=0.1,
            reasons=(EVIL,),
            reader=EVIL,
        )

    other = replace(document, id="e", publisher="Other", url="data:text/html,<script>alert(1)</script>")
    made = filled(*((d, [claim(d, n)]) for n, d in enumerate((document, other), start=3)))
    ledger = casus.Ledger(made, Config.load({}))
    event = ledger.events()[0]
    ledger.review.set(event, "mode", "none", by=EVIL, reason=EVIL)
    return ledger


def test_words_of_reports_are_words() -> None:
    with hostile() as ledger:
        assert len(ledger.conflicts()) == 1
        shown = list(views(ledger))
        assert len(shown) == 6 + 1 + 2 + 2 + 1
        for html in shown:
            page = Page(html)
            assert page.links == []
            assert not {"\x00", "\u202e"} & set(page.text)
        assert sum("<script>alert(1)</script>" in Page(html).text for html in shown) > 6
        assert Page(ledger.events(text="struck")[0]._repr_html_()).marked == ["struck", "struck"]


def test_code_in_what_is_asked_is_words(db: casus.Ledger) -> None:
    code: list[Asked] = [{"text": f'"{EVIL.split(chr(0), 1)[0]}"'}, {"side": EVIL}, {"actor": "<script>"}]
    for asked in code:
        events = db.events(**asked)
        assert "script" in Page(events._repr_html_()).text


@given(st.text())
def test_any_text_is_text(text: str) -> None:
    for html in (said(text), words(text), mark(text, text), link(text, said(text))):
        Page(f"<div>{html}</div>")
    assert Page(words(text)).text.strip() == Page(words(Page(words(text)).text)).text.strip()


@pytest.mark.parametrize(
    ("url", "linked"),
    [("https://example.org/a?b=<c>&d='\"", True), ("http://example.org", True), ("HTTPS://example.org", True),
     ("javascript:alert(1)", False), ("data:text/html,x", False), ("//example.org", False), ("https:", False),
     ("https://exa\nmple.org", False), ("java\tscript:alert(1)", False), (" https://example.org", False),
     ("http://[", False), ("file:///etc/passwd", False), ("", False), (None, False)],
)  # fmt: skip
def test_only_addresses_of_the_web_are_links(url: str | None, linked: bool) -> None:
    html = link(url, "words")
    assert html.startswith("<a ") == linked
    assert "words" in html
    assert (html.count("<"), html.count(">")) == ((2, 2) if linked else (0, 0))


@given(st.data())
def test_triggers_may_overlap(data: st.DataObject) -> None:
    text = "He struck <b>and</b> was struck &amp; fled."
    cut = st.tuples(st.integers(0, len(text) - 1), st.integers(1, 8)).map(lambda p: (p[0], min(p[0] + p[1], len(text))))
    spans = data.draw(st.lists(cut, max_size=4))
    document, claims = paper("a", Deed())
    made = Document.of(text, id="a", regions=(Region("boilerplate", 3, 9),))
    of = [replace(claims[0], sentence=Span.cut(text, 0, len(text)), trigger=Span.cut(text, a, b), id=Claim.make_id(
        "a", Span.cut(text, a, b), "ASSAULT", "happened")) for a, b in spans]  # fmt: skip
    view: DocumentView = document_view(None, made)  # type: ignore[arg-type] # no ledger is asked
    html = "".join(html_document._marked(view, of))  # type: ignore[arg-type]
    page = Page(html)
    assert page.text == text
    inside = sorted({n for a, b in spans for n in range(a, b)})
    assert "".join(page.marked) == "".join(text[n] for n in inside)
    assert document.id == "a"
