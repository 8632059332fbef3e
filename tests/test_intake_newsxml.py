"""News items as agencies send them: NITF, and NewsML-G2 alone and in messages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.records import Document, Failure
from tests.feed_files import REPORTS, document, failure, made, made_of_xml, mutated, sample


def nitf(
    body: str = "<p>The army said on Monday that it had taken the town of Belo.</p>",
    docdata: str = "",
    head: str = "<hedline><hl1>Army takes Belo</hl1></hedline>",
    status: str = "usable",
    more: str = "",
) -> str:
    return (
        f'<nitf><head><docdata management-status="{status}">{docdata}</docdata>{more}</head><body><body.head>{head}'
        f"</body.head><body.content>{body}</body.content></body></nitf>"
    )


def news_item(content: str, meta: str = "", about: str = "<headline>Army takes Belo</headline>") -> str:
    return (
        '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="a" version="1">'
        f"<itemMeta><itemClass qcode='ninat:text'/>{meta}</itemMeta><contentMeta>{about}</contentMeta>"
        f"<contentSet>{content}</contentSet></newsItem>"
    )


PLAIN = "<inlineData contenttype='text/plain'>The army said on Monday that it had taken the town of Belo.</inlineData>"


def paragraphs(document: Document) -> list[str]:
    return document.text.split("\n\n")


def test_a_story_in_nitf() -> None:
    story = document(sample("story.nitf"), "story.nitf")
    assert paragraphs(story) == [
        "Troops retake bridge at Osmal",
        "Fifteen dead in two days of fighting",
        "KARVAN, Jan. 18 — Government troops drove the Red Column from the bridge at Osmal on Thursday, the army said.",
        "Four soldiers and 11 fighters were killed, Colonel Idris Bano told reporters.",
        "Road to the north",
        "The mayor of Osmal said that twenty people were wounded.",
        "Soldiers stand at the bridge of Osmal on Thursday.",
        '"They came at night," he said.',
        "Mayor of Osmal",
    ]
    assert [r.kind for r in story.regions if r.kind in {"title", "caption"}] == ["title", "caption"]
    assert (story.title, story.publisher, story.byline) == (paragraphs(story)[0], "Valley Agency", "Lena Farid")
    assert (story.dateline, story.media_type) == ("KARVAN", "application/nitf+xml")
    assert (story.published, story.published_basis) == (date(2024, 1, 18), "meta")
    assert (story.published_at, story.modified) == ("2024-01-18T23:15:00+05:00", "2024-01-19T01:00:00+05:00")
    assert story.notes == (
        "the agency marks it as a correction: Corrects the number of wounded",
        "part 2 of 3 of the series 'The bridges'",
        "to editors: Editors: photos are on the wire.",
        "to editors: Adds quotes of the mayor in paragraph 4",
    )


@pytest.mark.parametrize(
    "story",
    [
        nitf(status="canceled"),
        nitf(status="withheld"),
        nitf(docdata='<ed-msg info="EDITORS: Please kill story Army-Belo of 1200 GMT"/>'),
        nitf(docdata='<ed-msg info="MANDATORY KILL"/>'),
        nitf(head="<hedline><hl1>KILL: Army takes Belo</hl1></hedline>"),
        news_item(PLAIN, "<pubStatus qcode='stat:canceled'/>"),
        news_item(PLAIN, "<pubStatus uri='http://cv.iptc.org/newscodes/pubstatusg2/withheld'/>"),
        news_item(PLAIN, "<edNote>Attention editors: kill the story below</edNote>"),
    ],
)
def test_what_its_agency_took_back_is_not_read(story: str) -> None:
    found = failure(story)
    assert found.code == "withdrawn"
    assert "taken back by its agency" in found.message


@pytest.mark.parametrize(
    "title", ["Kill squads seen in Belo", "Report withdrawn after protest", "Story killed, editor says"]
)
def test_news_of_kills_is_news(title: str) -> None:
    assert document(nitf(head=f"<hedline><hl1>{title}</hl1></hedline>")).title == title


def test_dates_of_nitf() -> None:
    issued, released = '<date.issue norm="20240118T101500Z"/>', '<date.release norm="20240120T000000Z"/>'
    held = document(nitf(docdata=issued + released, status="embargoed"))
    assert held.published == date(2024, 1, 20)
    assert [s.value for s in held.also_stated] == ["2024-01-18T10:15:00+00:00"]
    assert "before its date of release" in held.notes[0]
    printed = '<pubdata date.publication="20240119" name="Valley Times" ex-ref="https://times.example/1"/>'
    paper = document(nitf(docdata=issued, more=printed))
    assert (paper.published, paper.publisher, paper.url) == (
        date(2024, 1, 19),
        "Valley Times",
        "https://times.example/1",
    )
    only = '<dateline><location>Belo</location> <story.date norm="20240117"/></dateline>'
    assert document(nitf(head=only)).published == date(2024, 1, 17)


@pytest.mark.parametrize(
    ("dateline", "text", "begins"),
    [
        ("Belo, Jan 3 (Valley) -", "Shots were heard.", "BELO, Jan 3 — Shots"),
        ("BELO (Reuters) -", "Shots were heard.", "BELO (Reuters) — Shots"),
        ("Belo", "BELO, Jan 3 (Valley) - Shots were heard.", "BELO, Jan 3 (Valley) - Shots"),
        ("Belo", "Belo's market was hit.", "Belo's market"),
        ("2024", "Shots were heard.", "Shots"),
        ("", "Shots were heard.", "Shots"),
    ],
)
def test_the_dateline_stands_before_the_first_paragraph_once(dateline: str, text: str, begins: str) -> None:
    story = nitf(f"<p>{text} The army said so on Monday.</p>", head=f"<dateline>{dateline}</dateline>")
    assert paragraphs(document(story))[-1].startswith(begins)


@pytest.mark.parametrize(
    ("byline", "name"),
    [("By Lena Farid", "Lena Farid"), ("BY TOM ARDEN<byttl>Staff</byttl>", "TOM ARDEN"), ("", None)],
)
def test_bylines_of_nitf(byline: str, name: str | None) -> None:
    assert document(nitf(head=f"<byline>{byline}</byline>")).byline == name


def test_an_abstract_is_read_only_for_want_of_a_text() -> None:
    abstract = "<abstract><p>The army took the town of Belo on Monday.</p></abstract>"
    assert document(nitf("", head=abstract)).text == "The army took the town of Belo on Monday."
    assert "took the town" not in document(nitf(head=abstract)).text
    assert failure(nitf("")).code == "empty"


def test_a_story_that_was_cut_off_is_read_as_far_as_it_goes() -> None:
    story = nitf("<p>The army said on Monday that it had taken the town of Belo.</p><p>Nine soldiers were")
    only = document(story[: story.index("Nine soldiers were") + 18])
    assert paragraphs(only)[1:] == ["The army said on Monday that it had taken the town of Belo.", "Nine soldiers were"]
    assert "read as far as it goes" in only.notes[0]


def test_an_item_in_newsml() -> None:
    item = document(sample("item.xml"))
    assert paragraphs(item) == [
        "Convoy attacked near Dorun",
        "DORUN, Feb 3 — Gunmen attacked an aid convoy near Dorun late on Friday, the agency that sent it said.",
        "Two drivers were killed and five guards were hurt.",
    ]
    assert (item.publisher, item.byline, item.dateline) == ("Sabri Wire", "Amir Solt", "DORUN")
    assert (item.published, item.published_basis) == (date(2024, 2, 3), "meta")
    assert (item.published_at, item.modified) == ("2024-02-03T01:15:00+03:00", "2024-02-03T11:30:00+03:00")
    assert item.notes == ("the agency marks it as a correction", "to editors: Updates with the toll")
    assert item.media_type == "application/vnd.iptc.g2.newsitem+xml"


def test_a_message_hands_out_its_stories_one_by_one() -> None:
    found = made(sample("message.xml"), "m.xml")
    named = [(d.item, d.code) if isinstance(d, Failure) else d.title for d in found]
    # the package and the picture are passed over, and keep their numbers
    assert named == [
        "Ministry denies strike on camp", ("m.xml#4", "withdrawn"), ("m.xml#5", "format"),
        "Mine kills two on road to Tirin", "Schools reopen in Belo",
    ]  # fmt: skip
    denied, _, broken, mine, schools = found
    assert isinstance(denied, Document)
    assert (denied.publisher, denied.byline) == ("Sabri Wire", "Vera Lund")
    assert isinstance(broken, Failure)
    assert "broken XML" in broken.message
    assert isinstance(mine, Document)
    assert (mine.publisher, mine.byline, mine.dateline) == ("SABRI", "Tom Arden", "TIRIN")
    assert mine.notes == ("the agency asked not to print it before 2024-02-04T00:00:00Z",)
    assert isinstance(schools, Document)
    assert len(paragraphs(schools)) == 3


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        "<inlineData contenttype='text/html'>&lt;p&gt;The army said on Monday that it had taken the town of Belo.&lt;/p"
        "&gt;</inlineData>",
        "<inlineData contenttype='text/plain' encoding='base64'>"
        "VGhlIGFybXkgc2FpZCBvbiBNb25kYXkgdGhhdCBpdCBoYWQgdGFrZW4gdGhlIHRvd24gb2YgQmVsby4=</inlineData>",
        "<inlineXML contenttype='application/xhtml+xml'><div xmlns='http://www.w3.org/1999/xhtml'>"
        "<p>The army said on <i>Monday</i> that it had taken the town of Belo.</p></div></inlineXML>",
        f"<inlineData contenttype='image/png'>iVBORw0KGgo=</inlineData>{PLAIN}",
    ],
)  # fmt: skip
def test_texts_of_every_form(content: str) -> None:
    text = "Army takes Belo\n\nThe army said on Monday that it had taken the town of Belo."
    assert document(news_item(content)).text == text


def test_what_holds_no_story() -> None:
    picture = news_item("<remoteContent href='a.jpg'/>")
    assert failure(picture).code == "empty"
    assert made(f"<newsMessage><itemSet>{picture}</itemSet></newsMessage>") == []
    assert failure("<newsMessage><header/></newsMessage>").code == "empty"
    old = failure("<NewsML><NewsItem><Body>The army took it.</Body></NewsItem></NewsML>")
    assert (old.code, "NewsML 1" in old.message) == ("format", True)
    assert failure("<packageItem><groupSet/></packageItem>").code == "format"


def test_other_languages_are_refused_as_elsewhere() -> None:
    german = (
        "Die Armee teilte am Montag mit, dass sie die Stadt Belo eingenommen habe; neun Soldaten seien dabei gefallen."
    )
    assert failure(nitf(f"<p>{german}</p>")).code == "language"
    assert failure(news_item(f"<inlineData contenttype='text/plain'>{german}</inlineData>")).code == "language"


@given(st.lists(REPORTS, min_size=1, max_size=4), st.sampled_from(["nitf", "xhtml", "plain"]))
def test_as_many_documents_as_stories_with_the_same_texts(stories: list[list[str]], form: str) -> None:
    def content(story: list[str]) -> str:
        escaped = [p.replace("&", "&amp;").replace("<", "&lt;") for p in story]
        markup = "".join(f"<p>{p}</p>" for p in escaped)
        if form == "plain":
            return f"<inlineData contenttype='text/plain'>{'&#10;&#10;'.join(escaped)}</inlineData>"
        inner = f"<nitf><body><body.content>{markup}</body.content></body></nitf>"
        return f"<inlineXML>{inner if form == 'nitf' else f'<html><body>{markup}</body></html>'}</inlineXML>"

    items = "".join(news_item(content(s), about=f"<headline>Story {n}</headline>") for n, s in enumerate(stories))
    found = made(f"<newsMessage><itemSet>{items}</itemSet></newsMessage>")
    texts = [d.text if isinstance(d, Document) else d.message for d in found]
    assert texts == ["\n\n".join([f"Story {n}", *s]) for n, s in enumerate(stories)]


@given(mutated(["story.nitf", "item.xml", "message.xml"]))
def test_no_change_to_a_news_item_makes_it_raise(data: bytes) -> None:
    assert all(isinstance(one, Document | Failure) for one in made_of_xml(data))
