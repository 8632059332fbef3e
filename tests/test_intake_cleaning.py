"""What of a page is its report: boxes, comments and menus go, and a page without them loses nothing."""

from __future__ import annotations

from datetime import date

from casus.intake.build import Source, of_page
from casus.intake.web.html import read_page
from casus.records import Document

TITLE = "Army takes the town of Belo after a week of fighting"
BODY = (
    "The army said on Monday that it had taken the town of Belo and that nine of its soldiers were killed.",
    "The rebels said that they had left the town on Sunday, and that its bridges were blown up by the army.",
    "Aid workers counted forty burnt houses along the river road and asked both sides to let lorries through.",
)
TEXT = "".join(f"<p>{p}</p>" for p in BODY)


MORE = (
    "The council said that eleven lorries with flour had reached the square of Belo by Wednesday noon.",
    "Two more were held at the bridge, where soldiers asked the drivers for papers that nobody has.",
)
READER = "Thank you for writing this, my uncle lives in that street and nobody answers."


def page(head: str = "", line: str = "", after: str = "") -> str:
    article = f"<article><h1>{TITLE}</h1>{line}{TEXT}{after}</article>"
    return f"<html><head><title>{TITLE}</title>{head}</head><body><main>{article}</main></body></html>"


def document(html: str) -> Document:
    (only,) = of_page(html, Source("x.html"))
    return only


def test_boxes_in_the_text_are_no_part_of_it() -> None:
    boxes = (
        "<div class=box><h4>Read also</h4><ul><li><a href=1>Storm hits the coast of Ostra</a></li></ul></div>",
        "<p><b>Read more:</b> <a href=2>Fuel prices double in the capital</a></p>",
        "<div class=nl><h3>Get our weekly email</h3><p>The stories of the coast, every Friday morning at seven.</p>"
        "<form><input name=mail><button>Sign up</button></form></div>",
        "<blockquote class=twitter-tweet><p>Horrible scenes from the bridge, and nobody is helping.</p></blockquote>",
        "<aside><p>“nine of its soldiers were killed”</p></aside>",
        "<div class=q>nine of its soldiers were killed</div>",
        "<div class=x><a href=3>Parliament meets over the army's budget</a><p>Members called the plan a joke.</p></div>"
        "<div class=x><a href=4>Two miners are freed after nine days</a><p>They were well, a doctor said.</p></div>",
    )  # fmt: skip
    middle = f"<p>{BODY[0]}</p>{''.join(boxes)}<p>{BODY[1]}</p><p>{BODY[2]}</p>"
    after = "<h3>Readers' comments</h3><div><b>Ana</b><i>4 May 2021</i><p>So the police knew two days before.</p></div>"
    text = read_page(page("", "").replace(TEXT, middle + after)).text
    assert text.split("\n\n") == [TITLE, *BODY]


def test_a_page_without_clutter_loses_nothing() -> None:
    quote = "The blood of our brothers will not dry before the enemy has paid for each of them."
    html = page().replace(
        TEXT,
        f"<p>{BODY[0]}</p><h2>Bridges blown up</h2><p>{BODY[1]}</p><p>In a statement, it said:</p>"
        f"<blockquote><p>{quote}</p></blockquote><p>{BODY[2]}</p><p>It called on them to:</p>"
        "<ul><li>open the roads</li><li>free the prisoners</li></ul><p>Nobody answered.</p>",
    )
    assert read_page(html).text.split("\n\n") == [
        TITLE, BODY[0], "Bridges blown up", BODY[1], "In a statement, it said:", quote, BODY[2],
        "It called on them to:", "open the roads", "free the prisoners", "Nobody answered.",
    ]  # fmt: skip


def test_a_mail_in_a_list_archive_is_read_without_what_it_quotes() -> None:
    wrapped = (
        "The army said on Monday that it had taken the town of Belo and that\nnine of its men were killed in a week.\n"
    )
    html = f"""<html><head><title>[coast] {TITLE}</title></head><body><h1>[coast] {TITLE}</h1><b>Ana Roth</b><br>
    <i>Mon May  3 10:20:30 EST 2021</i><hr><pre>{wrapped}
{BODY[1]}

&gt; Does anybody know whether the town has fallen?

{BODY[2]}
</pre></body></html>"""
    found = document(html)
    assert (found.title, found.published) == (TITLE, date(2021, 5, 3))
    body = [found.text[r.start : r.end] for r in found.regions if r.kind == "body"]
    assert body == [" ".join(wrapped.split()), BODY[1], BODY[2]]


def test_captions_are_found_beside_their_pictures_and_without_their_credits() -> None:
    caption = "Soldiers cross the bridge at dawn"
    for box in (
        f"<figure><img src=1.jpg><figcaption>{caption} <small>A. Roth/Coast Post</small></figcaption></figure>",
        f"<div class=pic><img src=1.jpg><div class=resim-alti>{caption}</div></div>",
        f"<div class=pic><img src=1.jpg><span class=caption>{caption}</span><span class=credit>A. Roth</span></div>",
        f"<table><tr><td><img src=1.jpg></td></tr><tr><td><i>{caption}</i></td></tr></table>",
    ):
        assert read_page(page("", box)).captions == (caption,)
    slides = "".join(f"<div><img src={n}.jpg><p>Picture number {n} of the old bridge</p></div>" for n in range(4))
    assert len(read_page(page("", slides)).captions) == 4


def test_a_page_in_the_frame_of_another_is_read() -> None:
    inner = page().replace('"', "&quot;")
    assert BODY[0] in read_page(f'<html><body><iframe srcdoc="{inner}"></iframe></body></html>').text


def test_a_copy_of_the_report_for_machines_is_not_read_a_second_time() -> None:
    hidden = f"<div itemprop=articleBody style='display:none'>{' '.join(BODY)}</div>"
    assert read_page(page().replace("</article>", f"{hidden}</article>")).text.split("\n\n") == [TITLE, *BODY]


def test_comments_longer_than_the_report_are_no_part_of_it() -> None:
    said = "<p>So the police knew of it two days before and did nothing at all, and nobody asks them why.</p>"
    comments = f"<section class=comments>{said * 40}</section>"
    assert read_page(page().replace("</main>", f"{comments}</main>")).text.split("\n\n") == [TITLE, *BODY]


def test_a_layout_named_after_what_it_has_beside_the_report_is_kept() -> None:
    for name in ("with-related", "has-sidebar no-comments", "paywall", "social-share-enabled"):
        html = page().replace("<main>", f'<main class="{name}">')
        assert read_page(html).text.split("\n\n") == [TITLE, *BODY]


def test_what_stands_below_the_end_of_a_press_release_is_no_part_of_it() -> None:
    notes = "<p>ENDS</p><p>The ministry is the oldest of the republic and has offices in all of its nine provinces.</p>"
    assert read_page(page().replace("</article>", f"{notes}</article>")).text.split("\n\n") == [TITLE, *BODY]


def test_paragraphs_parted_by_breaks_and_the_lines_of_one_that_was_wrapped() -> None:
    assert read_page(page().replace(TEXT, "<br><br>".join(BODY))).text.split("\n\n") == [TITLE, *BODY]
    assert read_page(page().replace(TEXT, f"<div>{'<br>'.join(BODY)}</div>")).text.split("\n\n") == [TITLE, *BODY]
    wrapped = BODY[1].replace("Sunday, and", "Sunday,<br>and")
    assert read_page(page().replace(BODY[1], wrapped)).text.split("\n\n") == [TITLE, *BODY]


def test_the_headline_is_found_where_no_tag_names_it() -> None:
    rows = f"<tr><td>3 May 2021 | <a href=/>HOME</a><tr><td><b>WORLD</b><br><font size=5><b>{TITLE}</b></font>"
    html = f"<html><head><title>Coast Post Online</title></head><body><table>{rows}<br>{'<br><br>'.join(BODY)}</table>"
    found = read_page(html)
    assert found.title == TITLE
    assert found.text.split("\n\n") == [TITLE, *BODY]


def test_a_section_called_response_is_no_readers_letter() -> None:
    more = f"<h3>Response</h3>{''.join(f'<p>{p}</p>' for p in MORE)}<h3>Responses (2)</h3><p>{READER}</p>"
    found = document(page(after=more))
    assert all(p in found.text for p in (*BODY, "Response", *MORE))
    assert READER not in found.text


def test_what_stands_behind_a_gallery_belongs_to_the_report() -> None:
    slide = "<li class=slide><figure><img src=a><figcaption>A street of Belo on day {n} of May.</figcaption></figure>"
    slides = "".join(f"{slide}<span>{{n}} / 9</span></li>".format(n=n) for n in range(1, 10))
    links = "".join(f"<a href={n}><b>Five questions about the new port law of Ostra</b></a> " for n in range(9))
    after = f"<ul>{slides}</ul><div class=outro>{''.join(f'<p>{p}</p>' for p in MORE)}</div>"
    found = document(page(after=f"{after}<section><h2>In the news</h2>{links}</section>"))
    assert all(p in found.text for p in (*BODY, *MORE))
    assert "port law" not in found.text


def test_a_guest_book_in_the_same_cell_is_no_part_of_the_report() -> None:
    text = "<br><br>".join([*BODY, f"<b>From the guest book</b><br><b>Tom:</b> {READER}<br><b>Ida:</b> {READER}"])
    found = document(
        f"<html><title>{TITLE}</title><table><tr><td><b>{TITLE}</b><br><br>{text}</td></tr></table></html>"
    )
    assert all(p in found.text for p in BODY)
    assert READER not in found.text


def test_a_bar_with_the_author_whom_the_tags_name_is_no_text() -> None:
    bar = "<div class=by>By Vera Lund, Belo &middot; Monday 3 May 2021, 17:42 &middot; 3 min read</div>"
    told = document(page('<meta name="author" content="Vera Lund">', bar))
    assert (told.byline, "Vera" in told.text) == ("Vera Lund", False)
    assert "Vera Lund" in (document(page("", bar)).byline or "")
    lead = "<p>By noon Vera Lund had counted nine bodies in the yard of the school, she told the radio of Belo.</p>"
    assert "By noon" in document(page('<meta name="author" content="Vera Lund">', lead)).text


def test_a_box_behind_the_report_may_be_longer_than_one_in_it() -> None:
    links = "".join(f"<p><a href={n}>Port law</a> ({READER})</p>" for n in range(4))
    found = document(page(after=f"<p>{MORE[0]}</p><div><h3>What we are reading</h3>{links}</div>"))
    assert READER not in found.text
    assert MORE[0] in found.text


def test_a_headline_at_the_top_of_a_fragment_is_kept() -> None:
    for tag, title in (("h1", TITLE), ("h2", TITLE), ("p", TITLE), ("h1", "Belo falls"), ("h2", "Belo falls")):
        assert document(f"<{tag}>{title}</{tag}>{TEXT}").text.startswith(f"{title}\n\n")
