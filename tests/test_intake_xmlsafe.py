"""XML that means harm, or is broken: refused before a parser sees it, or read as far as it goes, an item at a time."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.errors import FormatError, IntakeError
from casus.intake.formats import Intake
from casus.intake.news import feeds, xmls
from casus.intake.news.opml import subscriptions
from casus.intake.news.pieces import pieces
from casus.intake.news.xmlsafe import repaired
from casus.intake.raw import Given, Raw
from casus.records import Document, Failure
from tests.feed_files import REPORT, Growing, document, documents, failure, item, made, rss, sample

LAUGHS = "<!ENTITY a 'ha'>" + "".join(f"<!ENTITY a{n} '&a{n - 1};&a{n - 1};'>" for n in range(1, 40))
DOCTYPES = [
    f"<!DOCTYPE x [{LAUGHS}]>",
    "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
    "<!DOCTYPE x [ <!-- ]> --> <!entity % a SYSTEM 'http://a.example/x.dtd'> %a; ]>",
    "<!DOCTYPE x SYSTEM 'x.dtd' [%a;]>",
    "<!doctype x [<!ELEMENT x ANY><!ATTLIST x a CDATA ']>'><!ENTITY a 'ha'>]>",
    "<!-- a --><?b?>\n<!DOCTYPE x ']>' [<!ENTITY a 'ha'>]>",
]
ROOTS = {
    "rss": rss(item("&a;")).partition("?>")[2],
    "feed": sample("atom.xml").decode().partition("?>")[2],
    "opml": sample("feeds.opml").decode().partition("?>")[2],
    "nitf": "<nitf><body><body.content><p>&a;</p></body.content></body></nitf>",
    "newsItem": sample("item.xml").decode().partition("?>")[2],
    "newsMessage": sample("message.xml").decode().partition("?>")[2],
}


@pytest.mark.parametrize("doctype", DOCTYPES)
@pytest.mark.parametrize("root", list(ROOTS))
def test_a_document_type_with_entities_is_refused(root: str, doctype: str) -> None:
    data = f'<?xml version="1.0"?>{doctype}{ROOTS[root]}'.encode()
    with pytest.raises(FormatError, match="declares entities"):
        list(xmls.read(Raw.of(data, "f.xml"), Intake()))
    with pytest.raises(FormatError, match="declares entities"):
        list(feeds.entries(data, "f.xml"))
    with pytest.raises(FormatError, match="declares entities"):
        subscriptions(data, "f.xml")


def test_bombs_are_refused_as_sources_too() -> None:
    for doctype in DOCTYPES[:2]:
        found = failure(f'<?xml version="1.0"?>{doctype}{ROOTS["rss"]}')
        assert (found.code, "declares entities" in found.message) == ("format", True)


def test_a_document_type_behind_the_root_counts_for_nothing() -> None:
    late = rss(f"{DOCTYPES[1]}{item()}", item("&a; is a name. It stands for nothing. No file was read here."))
    first, second = documents(late)
    assert first.text.endswith(REPORT)
    assert "&a; is a name" in second.text


@pytest.mark.parametrize(
    "data", [b"", b"<", b"words", b"<?xml", b"<!--", b"<!DOCTYPE rss [", b"<rss", b"\xff\xfe<\x00", b"<html>"]
)
def test_what_is_no_xml(data: bytes) -> None:
    for read in (lambda: list(xmls.read(Raw.of(data, "f.xml"), Intake())), lambda: list(feeds.entries(data, "f.xml"))):
        with pytest.raises(FormatError):
            read()


def test_other_xml_is_told_apart() -> None:
    raw = Raw.of(b"<?xml version='1.0'?><kml><Placemark/></kml>", "f.xml")
    with pytest.raises(FormatError, match="<kml>"):
        list(xmls.read(raw, Intake()))


WORDS = "Officers met in the café – “at dawn” – and went. They were seen there by many. No one was held."


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"), ("utf-8", "cp1252"), ("utf-16", "utf-8"), ("iso-8859-1", "cp1252"), ("iso-8859-1", "utf-8"),
        ("windows-1252", "cp1252"), ("no-such", "utf-8"), ("utf-7", "utf-8"), ("", "utf-8-sig"), ("utf-16", "utf-16"),
        ("utf-8", "utf-16"), ("utf-16", "utf-16-le"), ("utf-16", "utf-16-be"), ("utf-32", "utf-32"),
        ("gb18030", "gb18030"),
    ],
)  # fmt: skip
def test_whatever_encoding_is_declared(declared: str, encoding: str) -> None:
    text = rss(item(WORDS)).replace('<?xml version="1.0"?>', f'<?xml version="1.0" encoding="{declared}"?>')
    (entry,) = feeds.entries(text.encode(encoding), "f.xml")
    assert not isinstance(entry, Failure)
    assert entry.body.paragraphs == (WORDS,)
    assert bool(entry.notes) == (declared == "utf-8" and encoding == "cp1252")


def test_bytes_of_two_encodings_in_one_feed() -> None:
    first, second = item("First café. " + REPORT), item("Second café – here. " + REPORT)
    data = rss("@1", "@2").encode().replace(b"@1", first.encode()).replace(b"@2", second.encode("cp1252"))
    one, two = documents(data)
    assert "First café." in one.text
    assert "Second café – here." in two.text
    assert "Windows-1252" in two.notes[0]
    assert not any("Windows" in note for note in one.notes)


def test_forbidden_characters_and_careless_references_break_nothing() -> None:
    text = (
        "Nul \x00 and \x0b bell \x07, &#7; &#x1F; AT&T & co, &nbsp;caf&eacute; &#146;so&#146; &unknown; end. " + REPORT
    )
    only = document(rss(f"<item><title>A &amp; B</title><description>{text}</description></item>"))
    assert "Nul and bell , AT&T & co, café ’so’ &unknown; end." in only.text
    assert not any("by its tags alone" in note for note in only.notes)


@pytest.mark.parametrize(
    "broken",
    [
        item().replace("Nine", "<b>Nine</p>"),
        item().replace("Nine", "<br>Nine"),
        item().replace("<title>", "<title").replace("title<", "title><"),
        item().replace("</description>", ""),
        item().replace("<link>", "<link a=b>"),
        item().replace("<title>", "<x:y>a</x:y><title>"),
        item().removesuffix("</item>"),
    ],
)
def test_a_broken_entry_breaks_no_other_and_is_saved_where_it_can(broken: str) -> None:
    first, second, third = documents(rss(item(title="One"), broken, item(title="Three")))
    assert (first.title, third.title) == ("One", "Three")
    assert "Nine" in second.text
    assert second.url == "https://p.example/1"
    assert [any("by its tags alone" in note for note in d.notes) for d in (first, second, third)] == [
        False,
        True,
        False,
    ]


def test_text_that_nobody_closes_runs_to_the_end() -> None:
    endless = item("", f"<content:encoded><![CDATA[<p>{REPORT}</p></content:encoded>")
    first, second = documents(rss(item(title="One"), endless, item(title="Three")))
    assert first.title == "One"
    assert second.text.startswith(f"Army takes Belo\n\n{REPORT}")


def test_a_feed_that_was_cut_off_has_its_entries() -> None:
    data = rss(item(title="One"), item(f"{REPORT} {REPORT}", title="Second"))
    found = documents(data[: data.rindex("Two are")])
    assert [d.title for d in found] == ["One", "Second"]
    assert "its end is missing" in found[1].notes[0]


def test_an_entry_that_says_nothing_and_one_that_is_too_long_are_failures() -> None:
    found = made(rss("<item><category>a</category></item>", item("word " * 2_000_000), item()))
    assert [d.code if isinstance(d, Failure) else "" for d in found] == ["format", "too-large", ""]
    assert [d.item for d in found if isinstance(d, Failure)] == ["f.xml#1", "f.xml#2"]
    assert failure("<rss><channel/></rss>").code == "empty"


MANY = 100_000
_ATTRIBUTES = " ".join(f"c{n}=''" for n in range(20_000))
HOSTILE = {
    "deep": f"<item>{'<a>' * MANY}",
    "closed": f"<item>{'<a>' * MANY}{'</a>' * MANY}</item>",
    "attributes": f"<item a='{'b' * MANY}' {_ATTRIBUTES}/>",
    "namespaces": f"<item {_ATTRIBUTES.replace('c', 'xmlns:c')}/>",
    "less": f"<item>{'<' * MANY}",
    "ampersands": f"<item><title>{'&' * MANY}</title></item>",
    "literals": f"<item>{'<![CDATA[' * MANY}",
    "comments": f"<item>{'<!--' * MANY}",
    "titles": f"<item>{'<title>a' * 20_000}",
    "ends": f"<item>{'</item>' * MANY}",
    "author": f"<item><title>a</title><author>{'a.' * MANY}@</author></item>",
    "digits": f"<item><title>a</title><description>&#{'9' * MANY};&amp;#{'9' * MANY};</description></item>",
    "date": f"<item><title>a</title><pubDate>{'1:' * MANY}</pubDate></item>",
    "post": f"<item><title>a</title><description>{'… The post ' * 20_000}</description></item>",
    "escaped": f"<item><title>a</title><description>{'&amp;lt;a' * 20_000}</description></item>",
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_entries_take_no_more_than_their_share_of_time(name: str) -> None:
    # without a clock: these took feedparser, and patterns of ours that went back and forth, minutes to hours
    for one in made(rss(HOSTILE[name]))[:3]:
        assert isinstance(one, Document) or one.code != "internal"


STREAMS = {
    "feed": (rss().partition("</channel>")[0], item()),
    "message": (
        "<newsMessage><itemSet>",
        f"<newsItem><contentSet><inlineData>{REPORT}</inlineData></contentSet></newsItem>",
    ),
}


@pytest.mark.parametrize("kind", list(STREAMS))
def test_sources_of_any_size_are_read_an_item_at_a_time(kind: str) -> None:
    stream = Growing(*STREAMS[kind], 2**40)
    found = Intake(debug=True).source(Raw("f.xml", io.BufferedReader(stream)))
    for _ in range(20):
        assert isinstance(next(found), Document)
    assert stream.read_so_far < 500_000


def split(blocks: Iterable[str]) -> list[tuple[int, str | None, bool]]:
    return [(p.number, p.xml, p.whole) for p in pieces(blocks, ("item",), 1_000)]


TOKENS = [
    "<item>",
    "</item>",
    "<item a='b'>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<items>",
    "a",
    "<x:item/>",
    "</x:item >",
    "<",
    ">",
]


@given(st.lists(st.sampled_from(TOKENS), max_size=30), st.lists(st.integers(0, 400), max_size=6))
def test_items_are_the_same_wherever_blocks_end(tokens: list[str], cuts: list[int]) -> None:
    text = "".join(tokens) + " " * 300
    ends = sorted({min(c, len(text)) for c in cuts} | {0, len(text)})
    found = split(text[a:b] for a, b in pairwise(ends))
    assert found == split([text])
    # nothing is lost, and nothing comes twice
    assert text.startswith("".join(x or "" for _, x, _ in found[:1]))
    assert [n for n, _, _ in found] == list(range(len(found)))


@given(st.text(alphabet="&#;x19aAmplt<>![CDATA]é", max_size=60))
def test_repairs_are_done_once(text: str) -> None:
    assert repaired(repaired(text)) == repaired(text)


@given(st.binary(max_size=300), st.sampled_from(["", "<rss>", "<nitf>", "<newsMessage>", "<opml>", "<!DOCTYPE rss"]))
def test_no_bytes_make_it_fail_otherwise(data: bytes, before: str) -> None:
    try:
        found = list(
            xmls.read(Raw.of(before.encode() + data, "f.xml"), Intake(replace(Given(), limit=250), debug=True))
        )
    except IntakeError:
        return
    assert all(isinstance(d, Document | Failure) for d in found)
