"""A page as tests look at it: its tags, words, links, and the forms that one can send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

from fastapi.testclient import TestClient

import casus
from casus.records import Claim, Document, Participant, Place, Source, Span, When
from tests.strikes import SECOND

VOID = {"meta", "link", "input", "br", "hr", "img", "rect", "line", "circle", "path"}
# what a report may hold that a careless page would run
HOSTILE = '<script>alert("x")</script>"\'><img src=x onerror=alert(1)>'


@dataclass
class Tag:
    """An element: its attributes, and all words within it."""

    name: str
    attrs: dict[str, str]
    parent: Tag | None
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def within(self, name: str) -> Tag | None:
        """The nearest element of that name around it."""
        at = self.parent
        while at is not None and at.name != name:
            at = at.parent
        return at


class Page(HTMLParser):
    """All elements of a page, in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html, self.tags, self.open = html, list[Tag](), list[Tag]()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Tag(tag, {name: value or "" for name, value in attrs}, self.open[-1] if self.open else None)
        self.tags.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(Tag(tag, {n: v or "" for n, v in attrs}, self.open[-1] if self.open else None))

    def handle_endtag(self, tag: str) -> None:
        # a page whose tags do not close in order is not what we meant to send
        if tag in VOID:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1].name == tag, f"</{tag}> within <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for tag in self.open:
            tag.words.append(data)

    def all(self, *names: str) -> list[Tag]:
        """Its elements of these names."""
        return [tag for tag in self.tags if tag.name in names]

    def of_class(self, name: str) -> list[Tag]:
        """Its elements of that class."""
        return [tag for tag in self.tags if name in tag.attrs.get("class", "").split()]

    @property
    def text(self) -> str:
        return self.all("body")[0].text

    def form(self, action: str, **holds: str) -> dict[str, str]:
        """The fields, as a browser would send them, of the form that goes there and has these values."""
        for form in self.all("form"):
            fields = dict(self._fields(form))
            if form.attrs["action"] == action and holds.items() <= fields.items():
                return fields
        raise AssertionError(f"no form goes to {action} with {holds}")

    def _fields(self, form: Tag) -> Iterator[tuple[str, str]]:
        for tag in self.all("input", "select"):
            if tag.within("form") is form and "name" in tag.attrs and tag.attrs.get("type") != "checkbox":
                options = [o for o in self.all("option") if o.within("select") is tag]
                first = options[0].attrs.get("value", options[0].text) if options else ""
                yield tag.attrs["name"], tag.attrs.get("value", first)


def look(client: TestClient, path: str, status: int = 200) -> Page:
    """The page there."""
    answer = client.get(path)
    assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:400]}"
    assert answer.headers["content-type"].startswith("text/html")
    return Page(answer.text)


def hostile(folder: Path) -> Path:
    """A ledger in which every word that a report can choose is hostile."""
    text = f"{HOSTILE} bombed Saravan on Thursday \u202e, {HOSTILE} said."
    document = Document.of(
        text, title=HOSTILE, publisher=HOSTILE, url="javascript:alert(1)", byline=HOSTILE, dateline=HOSTILE,
        published=date.fromisoformat(SECOND), notes=(HOSTILE,),
    )  # fmt: skip
    path = folder / "hostile.casus"
    with casus.open(path, create=True) as ledger:
        ledger.add((document, [_hostile_claim(document)]))
    return path


def _hostile_claim(document: Document) -> Claim:
    name = Span.cut(document.text, 0, len(HOSTILE))
    start = document.text.index("bombed")
    trigger = Span.cut(document.text, start, start + 6)
    day = date.fromisoformat(SECOND)
    side = Participant(name, HOSTILE, HOSTILE, "REB", why=HOSTILE)
    return Claim(
        id=Claim.make_id(document.id, trigger, "ASSAULT", "happened"),
        document_id=document.id,
        sentence=Span.cut(document.text, 0, len(document.text)),
        trigger=trigger,
        type="ASSAULT",
        actors=(side,),
        recipients=(side,),
        place=Place(name, HOSTILE, HOSTILE, HOSTILE, "IRN", 27.4, 62.3, "exact", HOSTILE),
        when=When(day, day, "day", "stated"),
        source=(Source(name, HOSTILE, "official"),),
        confidence=0.9,
        reader="by hand",
        reasons=(HOSTILE,),
    )
