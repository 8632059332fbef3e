"""What stands above and below a report in plain text: title, place and date, paper, sections, lists of links."""

from __future__ import annotations

from datetime import date

import pytest

from casus.intake import document_from_bytes
from casus.intake.plaintext.lines import is_date_line, is_desk, is_letterhead, is_section
from casus.records import Document
from casus.samples import Sample, samples

TITLE = "Army takes the town of Belo after a week of fighting"
PROSE = "The army said on Monday that it had taken the town of Belo and that nine of its soldiers were killed."
DAY = date(2021, 5, 3)


def read(*lines: str) -> Document:
    return document_from_bytes("\n".join(lines).encode(), name="report.txt")


def kinds(document: Document) -> dict[str, str]:
    return {document.text[r.start : r.end]: r.kind for r in document.regions}


@pytest.mark.parametrize(
    "line",
    [
        "BELO, May 3, 2021, 06:41 GMT",
        "BELO/NORTH PORT, 3 May 2021",
        "Updated May 3, 2021, 13:20 GMT",
        "Last updated: Mon 3 May 2021 13.20 BST",
        "3 May 2021 | 5 min read",
        "May 3rd, 2021 · 12 minute read",
        "BELO | Mon 3 May 2021 16.55 GMT",
        "Belo, Monday, May 3, 2021",
        "BELO (Coastal Wire) - Monday, May 3, 2021, 4:35 p.m.",
        "NORTH PORT, May 3, 2021 | Updated 21:10",
        "SAN-TORO, Borduria | 3 May 2021 | 17:52",
        "BELO May 3, 2021 (Coastal Wire)",
        "Science desk, 3 May 2021",
        "Screen & Stage, 3 May 2021",
        "3 May 2021 — Belo, Borduria",
        "Posted on 3 May 2021 at 9:15 pm",
        "Published May 3, 2021; updated May 4, 2021",
        "Updated May 4, 2021 | Published May 3, 2021",
        "By Ana Roth | 3 May 2021",
        "Published in The Coast Observer, May 3rd, 2021",
    ],
)
def test_a_date_line_gives_the_date_and_is_no_part_of_the_report(line: str) -> None:
    document = read(TITLE, line, "", PROSE, "", PROSE.replace("Monday", "Sunday"))
    assert (document.published, document.published_basis) == (DAY, "text")
    assert document.title == TITLE
    assert kinds(document)[line] == "boilerplate"


@pytest.mark.parametrize(
    "line",
    [
        "Rebels struck Belo on May 3, 2021, and left",
        "Attacks in Belo since May 3, 2021",
        "Belo, May 3",
        "FILE PHOTO: Belo, May 3, 2021",
        "What happened in Belo on May 3, 2021?",
        "Soldiers walk through Belo, Borduria, May 3, 2021",
        "",
        "2021",
    ],
)
def test_lines_with_a_date_that_say_more_are_no_date_lines(line: str) -> None:
    assert not is_date_line(line)


@pytest.mark.parametrize(
    "opening",
    [
        "BELO, May 3, 2021 (Coastal Wire) - ",
        "GENEVA (3 May 2021) - ",
        "Belo, 3 May 2021: ",
        "BELO, Borduria, May 3, 2021 — ",
    ],
)
def test_the_dateline_gives_the_date(opening: str) -> None:
    document = read(TITLE, "", opening + PROSE)
    assert (document.published, document.published_basis) == (DAY, "text")
    assert document.regions[-1].kind == "body"


def test_a_date_inside_the_first_sentence_is_not_the_date_of_publication() -> None:
    assert read(TITLE, "", "The town was last taken on May 3, 2019 - " + PROSE).published is None


def test_publication_counts_before_an_update_and_a_label_before_a_bare_date() -> None:
    assert read(TITLE, "Updated 5 May 2021", "BELO, 3 May 2021", "", PROSE).published == DAY
    assert read(TITLE, "BELO, 5 May 2021", "Published: 3 May 2021", "", PROSE).published == DAY


def test_a_byline_is_kept_without_its_date() -> None:
    assert read(TITLE, "By Ana Roth | 3 May 2021", "", PROSE).byline == "Ana Roth"
    assert read(TITLE, "By Ana Roth, health reporter", "", PROSE).byline == "Ana Roth, health reporter"


@pytest.mark.parametrize(
    "above",
    [
        ("The Coast Observer", "Belo, Monday, May 3, 2021"),
        ("Coast Courier > World > Africa",),
        ("World » Africa",),
        ("News / Africa",),
        ("MINISTRY OF NATIONAL DEFENCE", "Office of the Spokesperson", "Belo", "PRESS RELEASE"),
        ("Embassy of Borduria", "Belo", "", "3 May 2021"),
    ],
)
def test_the_title_stands_below_letterhead_trail_and_date(above: tuple[str, ...]) -> None:
    document = read(*above, "", TITLE, "", PROSE)
    assert document.title == TITLE
    assert {kinds(document)[line] for line in above if line} == {"boilerplate"}


@pytest.mark.parametrize("only", ["Ministry of National Defence", "Belo, 3 May 2021"])
def test_a_letterhead_or_date_line_is_the_title_where_there_is_no_other(only: str) -> None:
    assert read(only, "", PROSE).title == only


def test_a_long_title_that_holds_a_date_stays_the_title() -> None:
    title = "Borduria Daily Campaign Assessment, May 3, 2021"
    assert read(title, "", PROSE).title == title


def test_a_title_does_not_take_in_the_line_below() -> None:
    title = "Storm kills twelve on the coast and cuts power to half a million homes"
    document = read(title, "NORTH PORT, May 3, 2021 | Updated 21:10", "", PROSE + " " + PROSE)
    assert document.title == title
    assert read(title, "Correspondent's notebook", "", PROSE + " " + PROSE).title == title


def test_wrapped_paragraphs_are_still_joined() -> None:
    wrapped = (
        "The army said on Monday that it had taken the town of Belo and that\nNinian Roth, its commander, was killed."
    )
    document = read(TITLE, "", wrapped, "", wrapped.replace("Monday", "Sunday"))
    assert wrapped in kinds(document)


@pytest.mark.parametrize(
    "line",
    [
        "Coast Courier Online - World news",
        "Staff reporter",
        "From our news services",
        "Africa Desk, a service of the Coast Courier",
        "By our defence correspondent",
        "News in brief / Borduria",
    ],
)
def test_outlets_desks_and_sections_are_no_lead(line: str) -> None:
    document = read(TITLE, "", line, "3 May 2021", "", PROSE)
    assert kinds(document)[line] == "boilerplate"


def test_a_standfirst_stays_lead() -> None:
    lead = "Nine soldiers dead; rebels say they left on their own"
    assert kinds(read(TITLE, lead, "BELO, 3 May 2021", "", PROSE))[lead] == "lead"


@pytest.mark.parametrize("line", ["Rebels kill two reporters", "Army shells ministry of defence", "Gaza war", TITLE])
def test_headlines_are_neither_desk_nor_section_nor_letterhead(line: str) -> None:
    assert [is_desk(line), is_section(line), is_letterhead(line)] == [False] * 3


def test_latest_developments_above_the_report_are_links() -> None:
    lead = "Both sides speak of heavy losses"
    links = ("LATEST DEVELOPMENTS", "14:08 Envoys meet in North Port", "11:30 Borduria's crown steady")
    found = kinds(read(TITLE, "", *links, "", lead, "", PROSE))
    assert {found[line] for line in links} == {"boilerplate"}
    assert found[lead] == "lead"


def test_key_points_stay() -> None:
    point = "- Nine soldiers dead, army says"
    assert kinds(read(TITLE, "", "Key points", point, "", PROSE))[point] == "lead"


def test_links_right_below_read_more_are_links_and_a_button_is_not_their_head() -> None:
    found = kinds(read(TITLE, "", PROSE, "", "Read more", "- Snow closes the pass", "- Editorial: A long fence"))
    assert found["- Snow closes the pass"] == found["- Editorial: A long fence"] == "boilerplate"
    heading = "Who holds the bridge"
    assert kinds(read(TITLE, "", PROSE, "", "Read more", "", heading, "", PROSE + " Yes."))[heading] == "body"


@pytest.mark.parametrize("sample", samples(), ids=lambda s: s.file)
def test_every_sample_says_itself_when_it_was_published(sample: Sample) -> None:
    document = document_from_bytes(sample.text.encode(), name=sample.file)
    assert document.published == sample.published
