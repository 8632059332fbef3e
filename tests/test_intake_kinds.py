"""What is taken for JSON, for a page and for prose, wherever it was cut off, and in time that grows with its length."""

from __future__ import annotations

import json
import time
from datetime import date

import pytest

from casus.errors import EmptyError, FormatError
from casus.intake import document_from_bytes, documents_from_bytes
from casus.intake.kinds import is_html, is_json
from casus.records import Document, Failure

PROSE = "The army said on Monday that it had taken the town of Belo and that nine of its soldiers were killed."
PAGE = f"""<html><head><title>Army takes Belo | The Post</title>
<meta property="article:published_time" content="2024-01-17T10:00:00Z"></head><body><nav>Home News</nav>
<h1>Army takes Belo</h1><p>{PROSE}</p>
<figure><img><figcaption>FILE - A missile is fired near Belo, Jan. 3, 2019.</figcaption></figure>
<p>The rebels &amp; their allies said that they had left it on Sunday.</p></body></html>"""


def test_many_comments_take_no_longer_than_their_length() -> None:
    # each comment more doubled the time: 24 took seven seconds
    start = time.process_time()
    assert not is_html("<!-- c -->" * 24 + PROSE)
    assert time.process_time() - start < 2
    assert is_html("<!-- c -->\n" * 5_000 + "<p>")
    assert not is_html("<!-- c -->\n" * 5_000 + PROSE)


def record(number: int) -> str:
    return json.dumps({"id": f"d{number}", "text": f"{PROSE} {number}"})


def test_json_that_was_cut_off_is_broken_json_and_no_prose() -> None:
    lines = f"{record(1)}\n{record(2)}\n"
    for end in (len(record(1)) + 8, len(lines) - 40):
        first, second = documents_from_bytes(lines[:end].encode(), name="<stdin>")
        assert isinstance(first, Document)
        assert isinstance(second, Failure)
        assert (second.code, "line 2" in second.message) == ("format", True)


@pytest.mark.parametrize("text", [record(1), f"[{record(1)}", f"\n [\n{record(1)}"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_json_that_was_cut_off_in_its_first_document_is_refused(text: str, share: float) -> None:
    (failure,) = documents_from_bytes(text[: int(len(text) * share)].encode(), name="<stdin>")
    assert isinstance(failure, Failure)
    assert failure.code == "format"


@pytest.mark.parametrize("start", ["[Updated] ", "{sic} ", '{"Enough" ', '["Enough", ', "[] ", '{"a\nb": '])
def test_prose_in_brackets_stays_prose(start: str) -> None:
    assert not is_json(start + PROSE, "x")


def test_a_broken_line_has_the_number_that_an_editor_gives_it() -> None:
    lines = f"\n\n{record(1)}\n\n\n{{bad\n{record(2)}\n"
    found = list(documents_from_bytes(lines.encode(), name="gap.jsonl"))
    (failure,) = (f for f in found if isinstance(f, Failure))
    assert "gap.jsonl, line 6 " in failure.message
    assert len(found) == 3


def read(**fields: str) -> Document:
    return document_from_bytes(json.dumps(fields).encode(), name="text.json")


def test_a_page_given_as_text_is_read_as_a_page_and_says_so() -> None:
    document = read(text=PAGE)
    assert document.media_type == "text/html"
    assert "<" not in document.text
    assert (document.title, document.published, document.published_basis) == (
        "Army takes Belo",
        date(2024, 1, 17),
        "meta",
    )
    assert [r.kind for r in document.regions] == ["title", "body", "caption", "body"]
    assert any("web page" in note and "offsets" in note for note in document.notes)


def test_what_is_said_of_a_page_goes_before_what_it_says_of_itself() -> None:
    document = read(
        text=PAGE, id="d-1", title="A title", url="https://a.example/x", publisher="Post", published="2024-01-18"
    )
    assert (document.id, document.title, document.url) == ("d-1", "A title", "https://a.example/x")
    assert (document.publisher, document.published, document.published_basis) == ("Post", date(2024, 1, 18), "given")


def test_a_few_tags_make_a_page_of_a_text_only_where_it_begins_with_one() -> None:
    fragment = read(text=f"<p>The army <b>took</b> Belo.</p><p>{PROSE}</p>")
    assert fragment.text == f"The army took Belo.\n\n{PROSE}"
    quoted = f"{PROSE} He wrote <b>no</b> on the wall."
    assert read(text=quoted).text == quoted


def test_a_page_without_a_report_is_empty_as_text_too() -> None:
    with pytest.raises(EmptyError):
        read(text="<html><body><script>let a = 1</script></body></html>")


def test_a_page_by_its_name_alone_is_refused() -> None:
    for name in ("x.html", "x.mhtml", "x.mht"):
        with pytest.raises(FormatError):
            is_html(PROSE, name)
