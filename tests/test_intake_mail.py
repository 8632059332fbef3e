"""Mails and boxes of them: heads, parts, forwards, newsletters, what lies beside them, and what is no report."""

from __future__ import annotations

import base64
import io
import quopri
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.intake import documents_from_bytes
from casus.intake.formats import Intake, Made
from casus.intake.mail.letters import split_box
from casus.intake.raw import Known, Raw
from casus.records import Document, Failure

ONE = "The army said on Monday that it had taken the town of Belo and that nine of its soldiers were killed there."
TWO = "Rebels of the Dawn Front denied it, and said that they still held the bridge and the northern part of the town."
THREE = "The governor of the northern province told reporters that forty families had fled to the coast since Sunday."
TITLE = "Army takes the town of Belo"
DAY = date(2024, 1, 16)
HEAD = {
    "From": '"Coast Courier" <news@courier.example>',
    "To": "<reader@post.example>",
    "Subject": TITLE,
    "Date": "Tue, 16 Jan 2024 23:30:00 -0500",
    "Message-ID": "<1@courier.example>",
    "MIME-Version": "1.0",
}
FORM = "Content-Type: {}\nContent-Transfer-Encoding: {}\n"


def head(**fields: str | None) -> str:
    """The head of a mail; names with `_` for `-`, None leaves a field out."""
    all_ = {**HEAD, **{name.replace("_", "-"): value for name, value in fields.items()}}
    return "".join(f"{name}: {value}\n" for name, value in all_.items() if value is not None)


def mail(text: str, kind: str = "text/plain; charset=utf-8", **fields: str | None) -> bytes:
    return f"{head(**fields)}{FORM.format(kind, '8bit')}\n{text}\n".encode()


def part(data: bytes | str, kind: str = "text/plain; charset=utf-8", coding: str = "8bit", more: str = "") -> bytes:
    body = data.encode() if isinstance(data, str) else data
    coded = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(coding, bytes)(body)
    return f"{FORM.format(kind, coding)}{more}\n".encode() + coded + b"\n"


def parts(*inner: bytes, kind: str = "mixed", mark: str = "b1", **fields: str | None) -> bytes:
    return head(**fields).encode() + multi(*inner, kind=kind, mark=mark)


def multi(*inner: bytes, kind: str, mark: str) -> bytes:
    start = f'Content-Type: multipart/{kind}; boundary="{mark}"\n\n'.encode()
    return start + b"".join(f"--{mark}\n".encode() + one for one in inner) + f"--{mark}--\n".encode()


def page(*blocks: str, head: str = "") -> str:
    return f"<html><head>{head}</head><body>{''.join(blocks)}</body></html>"


def made(data: bytes, name: str = "x.eml") -> list[Made]:
    return list(documents_from_bytes(data, name=name))


def read(data: bytes, name: str = "x.eml") -> Document:
    (only,) = made(data, name)
    assert isinstance(only, Document), only
    return only


def fails(data: bytes, name: str = "x.eml") -> Failure:
    (only,) = made(data, name)
    assert isinstance(only, Failure), only
    return only


# --- one mail


def test_a_mail_is_its_subject_and_its_text_with_who_and_when() -> None:
    document = read(mail(f"{ONE}\n\n{TWO}"))
    assert document.text == f"{TITLE}\n\n{ONE}\n\n{TWO}"
    assert (document.title, document.publisher) == (TITLE, "Coast Courier")
    assert (document.published, document.published_basis) == (DAY, "meta")
    assert document.published_at == "2024-01-16T23:30:00-05:00"
    assert [r.kind for r in document.regions] == ["title", "body", "body"]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("coding", ["8bit", "quoted-printable", "base64"])
@pytest.mark.parametrize("kind", ["alternative", "mixed", "related", "signed"])
def test_parts_are_decoded_whatever_their_coding(newline: bytes, coding: str, kind: str) -> None:
    accented = ONE.replace("Belo", "Béló")
    data = parts(part(accented, coding=coding), kind=kind).replace(b"\n", newline)
    assert read(data).text.endswith(accented)


def test_html_counts_where_it_holds_the_report_and_plain_text_where_it_does_not() -> None:
    html = part(page(f"<p>{ONE}</p><p>{TWO}</p>"), "text/html; charset=utf-8")
    picture = part(page("<img src='cid:1'><p>Your mail program shows no pictures.</p>"), "text/html")
    link = part("Read this mail on the web: https://courier.example/1")
    whole = part(f"{ONE}\n\n{TWO}")
    assert read(parts(link, html, kind="alternative")).media_type == "text/html"
    assert read(parts(whole, html, kind="alternative")).media_type == "text/html"
    document = read(parts(whole, picture, kind="alternative"))
    assert (document.media_type, document.text) == ("text/plain", f"{TITLE}\n\n{ONE}\n\n{TWO}")


def test_text_in_pieces_around_a_picture_is_one_report() -> None:
    photo = part(b"\x89PNG", "image/png", "base64", "Content-Disposition: inline; filename=map.png\n")
    assert read(parts(part(ONE), photo, part(TWO))).text == f"{TITLE}\n\n{ONE}\n\n{TWO}"


def test_flowed_text_is_joined_and_its_stuffing_taken_off() -> None:
    flowed = "The army said on Monday \nthat it had taken \n From the north, nine soldiers were killed in the fight. \n"
    flowed += "-- \nAna\n"
    document = read(mail(flowed, "text/plain; charset=utf-8; format=flowed"))
    assert document.text == (
        f"{TITLE}\n\nThe army said on Monday that it had taken From the north, nine soldiers were killed in the fight."
    )
    joined = read(
        mail("The army said on Mon \nday that nine soldiers were killed.", "text/plain; format=flowed; delsp=yes")
    )
    assert "on Monday that" in joined.text


@pytest.mark.parametrize(
    ("charset", "stated"),
    [("cp1252", "utf-8"), ("cp1252", ""), ("utf-8", "iso-8859-1"), ("utf-8", "x-unknown"), ("iso-8859-2", "iso-8859-2"),
     ("cp1252", "us-ascii"), ("utf-8", "utf-7"), ("utf-16", "utf-16")],
)  # fmt: skip
def test_charsets_may_be_wrong_or_missing(charset: str, stated: str) -> None:
    accented = f"“{ONE}”".replace("Belo", "Beló") if charset != "iso-8859-2" else ONE.replace("Belo", "Beló")
    kind = f"text/plain; charset={stated}" if stated else "text/plain"
    assert accented in read(parts(part(accented.encode(charset), kind, "base64"))).text


def test_broken_base64_is_read_as_far_as_it_goes() -> None:
    coded = base64.encodebytes(f"{ONE}\n\n{TWO}".encode()).decode().splitlines()
    broken = [*coded[:2], "?broken?" + coded[2][8:], *coded[3:], "_____", "Unsubscribe at any time"]
    text = f"{head()}{FORM.format('text/plain', 'base64')}\n" + "\n".join(broken)
    document = read(text.encode())
    assert document.text.startswith(f"{TITLE}\n\n{ONE[:90]}")
    assert document.text.endswith(TWO[-40:])
    assert "a part of the mail is no valid base64: read as far as it goes" in document.notes
    cut = f"{head()}{FORM.format('text/plain', 'base64')}\n" + base64.b64encode(ONE.encode()).decode().rstrip("=")
    assert read(cut.encode()).text == f"{TITLE}\n\n{ONE}"


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("=?utf-8?Q?Army_takes_B=C3=A9lo?=", "Army takes Bélo"),
        ("=?utf-8?B?QXJteSB0YWtlcyBCw6k=?=\n =?utf-8?B?bG8=?=", "Army takes Bélo"),
        ("=?iso-8859-1?Q?Army_takes_B=E9lo?=", "Army takes Bélo"),
        ("=?nonsense?Q?Army_takes_B=E9lo?=", "Army takes Bélo"),
        ("=?utf-8?B?!!!?= Army takes Belo", "Army takes Belo"),
        ("Army takes Bélo", "Army takes Bélo"),
        ("Army takes\n the town", "Army takes the town"),
        ("Fwd: FW: Re[2]: [EXTERNAL] Army takes Belo", "Army takes Belo"),
    ],
)
def test_subjects_are_decoded_and_bare(subject: str, title: str) -> None:
    assert read(mail(ONE, Subject=subject)).title == title


def test_the_tag_of_a_list_is_no_part_of_the_title() -> None:
    fields = {"Subject": "[coast-news] Army takes Belo", "List-Id": "News of the coast <coast-news.lists.example>"}
    document = read(mail(ONE, **fields))
    assert document.title == "Army takes Belo"
    assert "sent to the list News of the coast <coast-news.lists.example>" in document.notes
    assert read(mail(ONE, Subject="[Update] Army takes Belo")).title == "[Update] Army takes Belo"


@pytest.mark.parametrize(
    ("sender", "publisher"),
    [
        ('"Coast Courier" <a@b.example>', "Coast Courier"),
        ("Coast Courier <a@b.example>", "Coast Courier"),
        ("Courier, Coast <a@b.example>", "Courier, Coast"),
        ("=?utf-8?Q?C=C3=B4te?= <a@b.example>", "Côte"),
        ("a@b.example (Coast Courier)", "Coast Courier"),
        ("'Coast Courier' via Coast List <list@b.example>", "Coast Courier"),
        ("a@b.example", None),
        ("<a@b.example>", None),
        ('"a@b.example" <a@b.example>', None),
        ("", None),
    ],
)
def test_the_publisher_is_the_senders_display_name(sender: str, publisher: str | None) -> None:
    assert read(mail(ONE, From=sender)).publisher == publisher


@pytest.mark.parametrize(
    ("stated", "day", "at"),
    [
        ("Tue, 16 Jan 2024 23:30:00 -0500", DAY, "2024-01-16T23:30:00-05:00"),
        ("16 Jan 2024 23:30 GMT", DAY, "2024-01-16T23:30:00+00:00"),
        ("Tue, 16 Jan 2024 23:30:00 -0000", DAY, "2024-01-16T23:30:00+00:00"),
        ("Tue, 16 Jan 2024 23:30:00", DAY, None),
        ("Tuesday, January 16, 2024 at 11:30 PM UTC", DAY, "2024-01-16T23:30:00+00:00"),
        ("Tue, 16 Jan 2024 23:30:00 +0500 (PKT)", DAY, "2024-01-16T23:30:00+05:00"),
        ("Tue, 16 Jan 1824 23:30:00 +0500", None, None),
        ("Tue, 99 Jan 2024 99:30:00 +9999", None, None),
        ("yesterday", None, None),
        (None, None, None),
    ],
)
def test_dates_keep_their_own_day_and_zone(stated: str | None, day: date | None, at: str | None) -> None:
    document = read(mail(ONE, Date=stated))
    assert (document.published, document.published_at) == (day, at)


def test_a_mail_without_a_date_has_that_of_the_server_that_took_it() -> None:
    relay = "from a by b; Tue, 16 Jan 2024 08:00:00 +0000"
    document = read(mail(ONE, Date="soon", Received=relay))
    assert document.published_at == "2024-01-16T08:00:00+00:00"
    assert "its date, 'soon', cannot be read: taken from where it was received" in document.notes


def test_the_address_is_where_the_mail_can_be_read_in_a_browser() -> None:
    view = "https://courier.example/2024/belo?utm_source=mail&id=7&e=ab12"
    html = page(f"<p><a href='{view}'>View this email in your browser</a></p><p>{ONE}</p>")
    document = read(mail(html, "text/html"))
    assert document.url == "https://courier.example/2024/belo?id=7"
    assert "browser" not in document.text
    plain = f"Read online: https://courier.example/7\n\n{ONE}"
    assert read(mail(plain)).url == "https://courier.example/7"
    apart = f"View this email in your browser\n( https://courier.example/8 )\n\n{ONE}"
    assert read(mail(apart)).url == "https://courier.example/8"


def test_the_archive_of_the_list_is_the_address_where_nothing_else_is_given() -> None:
    document = read(mail(ONE, **{"List-Archive": "<https://lists.example/coast>"}))
    assert document.url == "https://lists.example/coast"
    assert "the address is that of the list's archive" in document.notes
    both = {"List-Archive": "<https://lists.example/coast>", "Archived-At": "<https://lists.example/coast/7>"}
    assert read(mail(ONE, **both)).url == "https://lists.example/coast/7"


def test_a_mail_without_a_head_is_its_text() -> None:
    assert read(f"{ONE}\n\n{TWO}".encode()).text == f"{ONE}\n\n{TWO}"


# --- furniture

FOOTER = (
    "You are receiving this email because you signed up at courier.example.",
    "Our mailing address is: Coast Courier, 12 Harbour Road, North Port",
    "Coast Courier is an independent newsroom that has reported from the coast of Borduria since 1988.",
    "Unsubscribe | Update your preferences",
    "Copyright © 2024 Coast Courier. All rights reserved.",
)


def test_footers_buttons_and_preview_text_are_no_part_of_the_report() -> None:
    html = page(
        "<div style='display:none;max-height:0'>What we know so far, and what we do not know yet about Belo.</div>",
        "<div class='preheader'>Good morning from the coast, here is what you need to know today.</div>",
        "<table><tr><td><a href='https://c.example/v'>View in browser</a></td></tr></table>",
        f"<table><tr><td style='font-size:0px'><div style='font-size:16px'><h1>{TITLE}</h1>",
        f"<p>{ONE}</p><p>{TWO}</p></div></td></tr></table>",
        "<p><a href='https://c.example/1'>Read more</a></p><img src='https://c.example/pixel.gif' width=1 height=1>",
        "<table><tr><td><a href='u'>Facebook</a></td><td><a href='u'>Twitter</a></td>"
        "<td><a href='u'>LinkedIn</a></td></tr></table>",
        *(f"<p>{line}</p>" for line in FOOTER),
    )
    document = read(mail(html, "text/html"))
    assert document.text == f"{TITLE}\n\n{ONE}\n\n{TWO}"
    assert any("furniture" in note for note in document.notes)


def test_plain_text_loses_its_footer_signature_and_links_in_brackets() -> None:
    text = f"{ONE} <https://c.example/a>\n\n{TWO} [image: map]\n\nhttps://c.example/b\n\n" + "\n".join(FOOTER)
    assert read(mail(text)).text == f"{TITLE}\n\n{ONE}\n\n{TWO}"
    assert read(mail(f"{ONE}\n\n{TWO}\n\n-- \nAna Roth\nCoast Courier")).text == f"{TITLE}\n\n{ONE}\n\n{TWO}"
    listed = f"{ONE}\n\n{TWO}\n{'_' * 47}\nCoast mailing list\ncoast@lists.example\nhttps://lists.example/mailman/listinfo/coast"
    assert read(mail(listed)).text == f"{TITLE}\n\n{ONE}\n\n{TWO}"


def test_a_post_with_buttons_appeals_and_a_linked_title_keeps_its_words_alone() -> None:
    html = page(
        "<p>Forwarded this email? <a href='https://c.example/s'>Subscribe here</a> for more</p>",
        f"<h1><a href='https://c.example/p/army-takes-belo'>{TITLE}</a></h1>",
        "<table><tr><td><a href='u'>Like</a></td><td><a href='u'>Comment</a></td><td>Share</td></tr></table>",
        f"<a href='https://c.example/app'>READ IN APP</a><p>{ONE}</p>",
        "<p>Coast Notes is a reader-supported publication. To receive new posts and support my work, consider"
        f" becoming a free or paid subscriber.</p><p>{TWO}</p><div class='footer'><p>© 2024 Ana Roth</p></div>",
    )
    document = read(mail(html, "text/html"))
    assert document.text == f"{TITLE}\n\n{ONE}\n\n{TWO}"
    assert document.url == "https://c.example/p/army-takes-belo"


def test_the_address_may_stand_in_the_form_that_is_not_read() -> None:
    plain = part(f"View this post on the web at https://c.example/p/1\n\n{ONE}")
    html = part(page(f"<p>{ONE}</p>"), "text/html")
    assert read(parts(plain, html, kind="alternative")).url == "https://c.example/p/1"


def test_a_log_of_lines_is_no_report() -> None:
    assert fails(mail("x\n" * 40_000)).code == "too-large"
    assert fails(mail("x<br>" * 40_000, "text/html")).code == "too-large"


@pytest.mark.parametrize(
    "sentence",
    [
        "The ministry said that this message was sent to all embassies in the region on Monday.",
        "Borduria will not opt out of the treaty, its foreign minister told reporters in North Port.",
        "“You are receiving this message because your village will be shelled,” the leaflet said.",
        "Join forces of the two countries shelled the camp on Monday and killed nine fighters.",
        "Follow-up strikes hit the depot an hour later and wounded two firemen at the gate.",
        "Share prices fell by a tenth after the attack on the port, traders said.",
    ],
)
def test_sentences_of_a_report_that_sound_like_a_footer_stay(sentence: str) -> None:
    assert sentence in read(mail(f"{ONE}\n\n{sentence}\n\n{TWO}")).text


def test_an_unsubscribe_link_above_the_report_costs_no_more_than_itself() -> None:
    html = page("<p>Unsubscribe | View in browser</p>", f"<p>{ONE}</p>")
    assert read(mail(html, "text/html")).text == f"{TITLE}\n\n{ONE}"


def test_quoted_replies_are_no_part_of_the_report() -> None:
    text = f"{ONE}\n\nOn Mon, Jan 15, 2024 at 9:00 AM Ana Roth <ana@post.example>\nwrote:\n\n> {TWO}\n> {THREE}\n"
    document = read(mail(text))
    assert document.text == f"{TITLE}\n\n{ONE}"
    assert "2 lines of quoted mail are left out" in [n.replace("4", "2").replace("3", "2") for n in document.notes]
    html = page(f"<p>{ONE}</p>", f"<blockquote type=cite><p>{TWO}</p></blockquote>")
    assert read(mail(html, "text/html")).text == f"{TITLE}\n\n{ONE}"
    outlook = f"{ONE}\n\n-----Original Message-----\nFrom: Ana\nSent: Monday\nSubject: Belo\n\n{TWO}"
    assert read(mail(outlook, Subject="Re: Belo")).text == f"Belo\n\n{ONE}"


def test_a_quote_in_a_report_on_the_web_stays() -> None:
    html = page(f"<p>{ONE}</p><blockquote><p>{TWO}</p></blockquote>")
    assert TWO in read(mail(html, "text/html")).text


def test_what_is_all_quoted_is_read() -> None:
    text = "\n".join(f"> {line}" for line in (ONE, "", TWO))
    document = read(mail(f"FYI\n\n{text}"))
    assert ONE in document.text
    assert "all of it is quoted: read as the report" in document.notes


# --- forwards

FORWARDS = {
    "gmail": "---------- Forwarded message ---------\nFrom: Coast Courier <news@courier.example>\n"
    "Date: Mon, Jan 15, 2024 at 9:05 AM\nSubject: Army takes Belo\nTo: <reader@post.example>\n\n\n{}\n",
    "apple": "Begin forwarded message:\n\n> From: Coast Courier <news@courier.example>\n> Subject: Army takes Belo\n"
    "> Date: 15 January 2024 at 09:05:00 GMT\n> To: reader@post.example\n> \n> {}\n",
    "outlook": "-----Original Message-----\nFrom: Coast Courier <news@courier.example> \n"
    "Sent: Monday, January 15, 2024 9:05 AM\nTo: Reader\nSubject: Army takes Belo\n\n{}\n",
    "thunderbird": "-------- Forwarded Message --------\nSubject: \tArmy takes Belo\n"
    "Date: \tMon, 15 Jan 2024 09:05:00 +0000\n"
    "From: \tCoast Courier <news@courier.example>\nTo: \treader@post.example\n\n\n\n{}\n",
    "bare": "From: Coast Courier <news@courier.example>\nSent: Monday, January 15, 2024 9:05 AM\nTo: Reader\n"
    "Subject: Army takes Belo\n\n{}\n",
}  # fmt: skip


@pytest.mark.parametrize("form", FORWARDS)
def test_a_forward_has_who_and_when_of_its_own_and_its_note_is_not_read(form: str) -> None:
    note = "Have a look at this, I think that it is important for what we said yesterday about the rebels.\n\n"
    text = note + FORWARDS[form].format(ONE)
    document = read(mail(text, Subject="Fwd: see below", From="Ana Roth <ana@post.example>"))
    assert document.text == f"Army takes Belo\n\n{ONE}"
    assert (document.title, document.publisher, document.published) == (
        "Army takes Belo", "Coast Courier", date(2024, 1, 15),
    )  # fmt: skip
    assert "forwarded by Ana Roth on 2024-01-16: a note above it is not read" in document.notes


def test_a_forward_in_html_is_found_by_its_head() -> None:
    gmail = page(
        "<div dir=ltr>Have a look<br><br><div class='gmail_quote'><div dir=ltr class='gmail_attr'>---------- Forwarded"
        " message ---------<br>From: <strong>Coast Courier</strong> <span>&lt;news@courier.example&gt;</span><br>"
        "Date: Mon, Jan 15, 2024 at 9:05 AM<br>Subject: Army takes Belo<br>To: &lt;r@b.example&gt;<br></div><br><br>"
        f"<p>{ONE}</p><blockquote type=cite><p>{TWO}</p></blockquote></div></div>"
    )
    outlook = page(
        "<p>Have a look</p><div style='border-top:solid'><p><b>From:</b> Coast Courier &lt;news@courier.example&gt;<br>"
        "<b>Sent:</b> Monday, January 15, 2024 9:05 AM<br><b>To:</b> Reader<br>"
        "<b>Subject:</b> Army takes Belo</p></div>"
        f"<p>{ONE}</p>"
    )
    for html in (gmail, outlook):
        document = read(mail(html, "text/html", Subject="FW: Army takes Belo"))
        assert document.text == f"Army takes Belo\n\n{ONE}"
        assert (document.publisher, document.published) == ("Coast Courier", date(2024, 1, 15))


def test_of_a_forward_in_a_forward_the_inner_one_is_the_report() -> None:
    inner = FORWARDS["gmail"].format(ONE).replace("Coast Courier", "Harbour Wire")
    document = read(mail(FORWARDS["gmail"].format(f"Please read.\n\n{inner}"), Subject="Fwd: Fwd: Belo"))
    assert (document.publisher, document.text) == ("Harbour Wire", f"Army takes Belo\n\n{ONE}")


def test_a_forward_whose_head_has_no_date_does_not_take_that_of_the_forwarding() -> None:
    text = FORWARDS["gmail"].format(ONE).replace("Date: Mon, Jan 15, 2024 at 9:05 AM\n", "")
    document = read(mail(text, Subject="Fwd: x"))
    assert document.published is None
    assert any("no date that can be read" in note for note in document.notes)


def test_a_forwarded_mail_that_is_attached_is_an_item_of_its_own() -> None:
    inner = part(mail(ONE, Subject="Army takes Belo", Date="Mon, 15 Jan 2024 09:05:00 +0000"), "message/rfc822")
    outer = parts(part("FYI"), inner, Subject="Fwd: Army takes Belo", From="Ana <ana@post.example>")
    document = read(outer)
    assert document.text == f"Army takes Belo\n\n{ONE}"
    assert document.published == date(2024, 1, 15)
    assert "came with the mail 'Army takes Belo' of 2024-01-16 from Ana" in document.notes
    digest = parts(*(b"\n" + mail(words, Subject=words[:20]) for words in (ONE, TWO)), kind="digest")
    assert [d.text.split("\n\n")[1] for d in made(digest) if isinstance(d, Document)] == [ONE, TWO]


def test_mails_in_mails_end_somewhere() -> None:
    data = mail(ONE)
    for n in range(12):
        data = parts(part(data, "message/rfc822"), Subject="Fwd: x", mark=f"b{n}")
    assert fails(data).code == "too-large"


# --- files beside it


def attached(name: str, data: bytes | str, kind: str = "application/octet-stream") -> bytes:
    return part(data, kind, "base64", f'Content-Disposition: attachment; filename="{name}"\n')


def test_attached_reports_are_read_and_their_letter_is_not() -> None:
    text = attached("report.txt", f"{TITLE}\n\n{ONE}", "text/plain")
    html = attached("report.html", page(f"<h1>{TITLE}</h1><p>{ONE}</p><p>{TWO}</p>"))
    photo = attached("map.png", b"\x89PNG", "image/png")
    seal = attached("smime.p7s", b"0", "application/pkcs7-signature")
    data = parts(
        part("Please find attached two reports on what happened in Belo. Best regards, Ana"), text, html, photo, seal
    )
    first, second = made(data)
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.text, second.media_type) == (f"{TITLE}\n\n{ONE}", "text/html")
    assert first.published is None
    assert "came with the mail 'Army takes the town of Belo' of 2024-01-16 from Coast Courier" in first.notes


def test_a_report_with_a_report_attached_is_two_and_names_say_which_is_which() -> None:
    bad = [attached("sitrep.txt", "") for _ in range(2)]
    office = attached("../notes\\sitrep.docx", b"PK\x03\x04")
    first, *others = made(parts(part(f"{ONE}\n\n{TWO}"), *bad, office), "box.eml")
    assert isinstance(first, Document)
    assert [f.item for f in others if isinstance(f, Failure)] == [
        "box.eml!sitrep.txt", "box.eml!sitrep-2.txt", "box.eml!sitrep.docx",
    ]  # fmt: skip
    assert "office document" in others[-1].message if isinstance(others[-1], Failure) else False


def test_names_of_files_may_be_encoded_in_either_way() -> None:
    for field in ('filename="=?utf-8?Q?b=C3=A9lo.txt?="', "filename*=utf-8''b%C3%A9lo.txt"):
        file = part("", "text/plain", more=f"Content-Disposition: attachment; {field}\n")
        failure = made(parts(part(ONE + TWO + THREE), file))[1]
        assert isinstance(failure, Failure)
        assert failure.item == "x.eml!bélo.txt"


# --- newsletters of several stories


def story(heading: str, link: str, *words: str, level: int = 2, inside: bool = True) -> str:
    head = f"<h{level}><a href='{link}'>{heading}</a></h{level}>" if inside else f"<h{level}>{heading}</h{level}>"
    foot = "" if inside else f"<p><a href='{link}'>Read the full story</a></p>"
    return f"<table><tr><td>{head}{''.join(f'<p>{w}</p>' for w in words)}{foot}</td></tr></table>"


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("level", [1, 2, 3])
def test_stories_with_a_headline_a_link_and_prose_are_told_apart(level: int, inside: bool) -> None:
    html = page(
        "<p>Good morning.</p>",
        story("Army takes the town of Belo", "https://c.example/belo", ONE, TWO, level=level, inside=inside),
        story("Families flee to the coast", "https://click.c.example/x1", THREE, ONE, level=level, inside=inside),
        "<h2>More news</h2><p><a href='https://c.example/3'>A third thing</a></p>",
        "<p>Unsubscribe</p>",
    )
    first, second = made(mail(html, "text/html", Subject="Morning paper"))
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert first.text == f"Army takes the town of Belo\n\n{ONE}\n\n{TWO}"
    assert second.text == f"Families flee to the coast\n\n{THREE}\n\n{ONE}"
    assert (first.url, second.url) == ("https://c.example/belo", None)
    assert first.published == second.published == DAY
    assert "one of 2 stories of the newsletter 'Morning paper'; lists of links are left out" in first.notes
    assert first.form == "report"


def test_the_letter_above_the_stories_is_a_document_of_its_own() -> None:
    html = page(
        f"<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>",
        story("Army takes the town of Belo", "https://c.example/belo", ONE, TWO),
        story("Families flee to the coast", "https://c.example/coast", THREE, ONE),
    )
    letter, *stories = made(mail(html, "text/html", Subject="Morning paper"))
    assert isinstance(letter, Document)
    assert (letter.title, letter.form, len(stories)) == ("Morning paper", "newsletter", 2)


def test_subheadings_of_one_report_do_not_split_it() -> None:
    html = page(
        f"<h1>{TITLE}</h1><p>{ONE}</p><h2>What the rebels say about it</h2><p>{TWO}</p><p>{ONE}</p>",
        f"<h2>What happens in the north now</h2><p>{THREE}</p><p>{ONE}</p>",
    )
    document = read(mail(html, "text/html"))
    assert document.form == "report"
    assert all(words in document.text for words in (ONE, TWO, THREE))


def test_several_stories_that_cannot_be_told_apart_are_a_newsletter() -> None:
    html = page(
        f"<h2>Army takes the town of Belo</h2><p>{ONE}</p><h2>Families flee to the coast</h2><p>{TWO}</p>",
        "<p>Unsubscribe</p>",
    )
    plain = (
        f"ARMY TAKES TOWN OF BELO\n\n{ONE}\n\nFAMILIES FLEE TO THE COAST\n\n{TWO}\n\nUnsubscribe: https://c.example/u"
    )
    for data in (mail(html, "text/html"), mail(plain)):
        document = read(data)
        assert document.form == "newsletter"
        assert any("cannot be told apart" in note for note in document.notes)


def test_a_table_of_figures_is_kept_and_not_read() -> None:
    rows = "".join(f"<tr><td>Town {n}</td><td>{n}</td><td>0</td></tr>" for n in range(3))
    document = read(mail(page(f"<p>{ONE}</p><table>{rows}</table><p>{TWO}</p>"), "text/html"))
    furniture = [document.text[r.start : r.end] for r in document.regions if r.kind == "boilerplate"]
    assert furniture == ["Town 0 | 0 | 0", "Town 1 | 1 | 0", "Town 2 | 2 | 0"]


def test_captions_are_captions() -> None:
    caption = "Soldiers at the gate of Belo on Monday morning"
    html = page(f"<p>{ONE}</p><figure><img src=x><figcaption>{caption}</figcaption></figure><p>{TWO}</p>")
    document = read(mail(html, "text/html"))
    assert [document.text[r.start : r.end] for r in document.regions if r.kind == "caption"] == [caption]


# --- what is no report


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (mail("I am away.", Auto_Submitted="auto-replied"), "automatic reply"),
        (mail("I am away until Monday.", Subject="Out of office: Belo"), "automatic reply"),
        (mail("I am away until Monday.", Subject="Automatic reply: Belo"), "automatic reply"),
        (parts(part("It did not arrive."), part("Status: 5.0.0", "message/delivery-status"), kind="report"), "bounce"),
        (mail("It did not arrive.", From="MAILER-DAEMON@post.example", Subject="Undelivered Mail Returned"), "bounce"),
        (
            parts(part("Meeting"), part("BEGIN:VCALENDAR", "text/calendar; method=REQUEST"), kind="alternative"),
            "calendar",
        ),
        (parts(part("Version: 1", "application/pgp-encrypted"), kind="encrypted"), "encrypted"),
        (mail("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----"), "encrypted (PGP)"),
        (mail("MIAGCSqG", "application/pkcs7-mime; smime-type=enveloped-data"), "encrypted (S/MIME)"),
        (mail("MIAGCSqG", "application/pkcs7-mime; smime-type=signed-data"), "sealed"),
    ],
)
def test_mails_that_are_no_reports_are_refused(data: bytes, words: str) -> None:
    failure = fails(data)
    assert (failure.code, failure.item) == ("format", "x.eml")
    assert words in failure.message
    assert failure.hint


@pytest.mark.parametrize(
    "data",
    [mail(""), mail(" \n\n \n"), mail("\n".join(FOOTER[:2] + FOOTER[3:])), parts(attached("a.png", b"1", "image/png"))],
)
def test_empty_mails_are_empty(data: bytes) -> None:
    assert fails(data).code == "empty"


def test_a_signed_mail_is_read_without_its_signature() -> None:
    clear = f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{ONE}\n"
    clear += "-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----"
    assert read(mail(clear)).text == f"{TITLE}\n\n{ONE}"


# --- boxes


def box(*mails: bytes, line: str = "From a@b.example Tue Jan 16 23:30:00 2024") -> bytes:
    return b"".join(f"{line}\n".encode() + m.replace(b"\nFrom ", b"\n>From ") + b"\n" for m in mails)


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("line", ["From a@b.example Tue Jan 16 23:30:00 2024", "From - Tue Jan 16 23:30:00 2024"])
def test_each_mail_of_a_box_is_an_item_and_one_bad_one_stops_nothing(newline: bytes, line: str) -> None:
    first = mail(f"{ONE}\n\nFrom the town nothing was heard. {TWO}")
    data = box(first, mail("", Subject="nothing"), mail(TWO), line=line).replace(b"\n", newline)
    one, two, three = made(data, "box.mbox")
    assert isinstance(one, Document)
    assert one.text == f"{TITLE}\n\n{ONE}\n\nFrom the town nothing was heard. {TWO}"
    assert isinstance(two, Failure)
    assert (two.item, two.code) == ("box.mbox#2", "empty")
    assert isinstance(three, Document)


def test_a_sentence_that_begins_with_from_starts_no_mail() -> None:
    text = f"{ONE}\n\nFrom Monday to Tuesday the town was shelled.\n\n{TWO}"
    data = b"From a@b.example Tue Jan 16 23:30:00 2024\n" + mail(text)
    assert "From Monday to Tuesday" in read(data, "box.mbox").text


def test_a_box_without_dates_in_its_lines_is_split_too() -> None:
    data = box(mail(ONE), mail(TWO), line="From a@b.example")
    assert [type(d) for d in made(data, "box.mbox")] == [Document, Document]


class Slow(io.RawIOBase):
    """A stream that makes its bytes as they are asked for, and counts them."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.blocks, self.rest, self.most = blocks, b"", 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self.rest = self.rest or next(self.blocks, b"")
        block, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
        buffer[: len(block)] = block
        return len(block)


@pytest.mark.parametrize("filler", [b"x" * 70 + b"\n", b"x" * 700])
def test_a_mail_above_the_limit_is_passed_over_without_being_held(filler: bytes) -> None:
    line = b"From a@b.example Tue Jan 16 23:30:00 2024\n"

    def blocks() -> Iterator[bytes]:
        yield line + b"Subject: a\n\nshort\n\n" + line
        for _ in range(300):
            yield filler
        yield b"\n\n" + line + b"Subject: c\n\nshort\n"

    stream = io.BufferedReader(Slow(blocks()))
    sizes = [None if m is None else len(m) for m in split_box(stream, limit=10_000)]
    assert sizes == [19, None, 18]


def test_names_that_are_not_wanted_are_passed_over() -> None:
    class Second:
        def wanted(self, name: str) -> bool:
            return name != "box.mbox#1"

        def seen(self, key: str) -> bool:
            return False

        def took(self, key: str, documents: object) -> None:
            pass

    data = box(mail(ONE), mail(TWO))
    (only,) = Intake(memory=Second(), debug=True).source(Raw("box.mbox", io.BytesIO(data)))
    assert isinstance(only, Document)
    assert TWO in only.text


def test_what_the_container_of_a_mail_says_goes_first() -> None:
    raw = Raw.of(mail(ONE), "x.eml", Known(publisher="Archive", url="https://a.example/1"))
    (only,) = Intake(debug=True).source(raw)
    assert isinstance(only, Document)
    assert (only.publisher, only.url) == ("Archive", "https://a.example/1")


def test_the_limit_is_for_the_text_and_not_for_what_is_attached() -> None:
    photo = attached("map.png", b"x" * 50_000, "image/png")
    (only,) = documents_from_bytes(parts(part(ONE), photo), name="x.eml", limit=2_000)
    assert isinstance(only, Document)
    (failure,) = documents_from_bytes(mail(ONE * 100), name="x.eml", limit=2_000)
    assert isinstance(failure, Failure)
    assert failure.code == "too-large"


# --- hostile ones


@pytest.mark.parametrize(
    "data",
    [
        head().encode()
        + b"".join(f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n'.encode() for n in range(3_000)),
        parts(*(part("") for _ in range(5_000))),
        mail("<div>" * 200_000 + ONE, "text/html"),
        mail("<font style='font-size:1px'>x</p>" * 50_000, "text/html"),
        mail("<blockquote type=cite>" * 5_000 + ONE, "text/html"),
        mail(">" * 100_000 + ONE),
        mail(ONE, From="(" * 100_000 + "<" * 1_000),
        mail(ONE, Subject="=?" * 50_000),
        mail(ONE, Date="1" * 100_000),
        mail(ONE, Date="Tue, 16 Jan 2024 23:30:00 +" + "9" * 4_000),
        mail(ONE, "text/plain; " + "a=b; " * 5_000),
        mail(ONE, "text/plain; charset*0*=utf-8''" + "%" * 1_000),
        mail(ONE, 'text/plain; charset="undefined"'),
        mail(ONE, 'text/plain; charset="\x00"'),
        mail("---------- Forwarded message ---------\nFrom: a\nSubject: b\n" * 5_000),
        mail("From: a\n" * 20_000),
        mail("On Monday he wrote:\n> x\n" * 10_000),
        mail(f"{'unsubscribe ' * 3}\n" * 20_000),
        box(*(b"" for _ in range(2_000))),
    ],
)  # fmt: skip
def test_hostile_mails_end_in_documents_or_failures(data: bytes) -> None:
    assert all(isinstance(m, Document | Failure) for m in documents_from_bytes(data, name="x.mbox"))


WHOLE = box(
    parts(
        multi(part(f"{ONE}\n\n{TWO}", coding="quoted-printable"), part(page(f"<p>{ONE}</p>"), "text/html", "base64"),
              kind="alternative", mark="b2"),
        attached("report.txt", ONE), part(mail(FORWARDS["gmail"].format(TWO), Subject="Fwd: x"), "message/rfc822"),
    ),
    mail(FORWARDS["apple"].format(ONE), Subject="=?utf-8?Q?Fwd=3A_B=C3=A9lo?="),
)  # fmt: skip


@given(
    st.integers(0, len(WHOLE)), st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=20)
)
def test_a_box_that_is_cut_off_and_has_wrong_bytes_raises_nothing(end: int, flips: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for at, byte in flips:
        data[at] = byte
    for name in ("x.mbox", "x.eml"):
        for item in documents_from_bytes(bytes(data[:end]), name=name):
            assert isinstance(item, Document | Failure)
            assert not isinstance(item, Failure) or item.code != "internal"


PIECES = st.sampled_from([
    b"From a@b.example Tue Jan 16 23:30:00 2024\n", HEAD["Subject"].encode(), b"\n", b"\r\n", b"--b1\n", b"--b1--\n",
    b"Content-Type: multipart/mixed; boundary=b1\n", b"Content-Type: multipart/mixed\n",
    b"Content-Type: message/rfc822\n",
    b"Content-Type: text/html; charset=\xff\n", b"Content-Transfer-Encoding: base64\n", b"Subject: =?utf-8?B?4?=\n",
    b"From: \xff <a\n", b"Date: 31 Feb 2024\n", b"> ", ONE.encode(), b"<p>", b"\x00",
    FORWARDS["gmail"].encode(), b"Begin ",
])  # fmt: skip


@given(st.lists(PIECES, max_size=25))
def test_any_pieces_give_documents_or_failures(pieces: list[bytes]) -> None:
    for name in ("x.mbox", "x.eml"):
        assert all(isinstance(m, Document | Failure) for m in documents_from_bytes(b"".join(pieces), name=name))
