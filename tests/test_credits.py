"""Credits: the places in which an agency's name says whose the text is, and those in which it does not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.errors import DataError
from casus.intake import credits as module
from casus.intake import document_from_bytes
from casus.intake.credits import agencies, credits, origins
from casus.records import Document
from casus.world.actor_data import iso_codes

HEADLINE = "Rebels seize bridge near Karesh"
FIRST = "Rebels seized a bridge near the town of Karesh on Tuesday, an official said, after a night of heavy shelling."
LAST = "The army said it would retake the bridge by nightfall and asked residents to stay at home."


def credited(text: str, publisher: str | None = None) -> list[str]:
    return list(credits(document_from_bytes(text.encode(), name="report.txt", publisher=publisher)))


@pytest.mark.parametrize(
    ("dateline", "names"),
    [
        ("(Reuters) - ", ["Reuters"]),
        ("KABUL (AFP) - ", ["AFP"]),
        ("KABUL, Jan 18 (Xinhua) -- ", ["Xinhua"]),
        ("MOSCOW, January 18. /TASS/. ", ["TASS"]),
        ("KARESH, Northland (AP) — ", ["AP"]),
        ("New Delhi [India], January 18 (ANI): ", ["ANI"]),
        ("Kuala Lumpur, Jan 18 (Bernama) -- ", ["Bernama"]),
        ("BEIRUT, (AFP/Reuters) - ", ["AFP", "Reuters"]),
        ("DAMASCUS, (SANA)- ", ["SANA"]),
        ("BERLIN (dpa) - ", ["dpa"]),
        ("ISLAMABAD, Jan 18 (APP): ", ["APP"]),
        ("AFP - ", ["AFP"]),
        ("Kabul, AFP - ", ["AFP"]),
        ("KABUL - ", []),
        ("The army (Reuters) - ", []),
        ("KABUL (Meridian Wire) - ", []),
    ],
)
def test_datelines(dateline: str, names: list[str]) -> None:
    assert credited(f"{HEADLINE}\n\n{dateline}{FIRST}\n\n{LAST}") == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Reuters", ["Reuters"]),
        ("By Jane Doe, Associated Press", ["AP"]),
        ("By JANE DOE of The Associated Press", ["AP"]),
        ("By Jane Doe and John Roe | AFP", ["AFP"]),
        ("By Agence France-Presse in Karesh", ["AFP"]),
        ("Associated Press", ["AP"]),
        ("Reuters\nJanuary 18, 2024 6:12 AM EST", ["Reuters"]),
        ("AFP, Karesh\n18 January 2024", ["AFP"]),
        ("PTI | New Delhi | 18 January 2024", ["PTI"]),
        ("Source: Xinhua", ["Xinhua"]),
        ("BERNAMA", ["Bernama"]),
        ("Agencies", []),
        ("MENA", []),
        ("By Michael Bloomberg", []),
        ("By Petra Sands", []),
        ("Photo: Reuters", []),
        ("A fighter rides through Karesh. (AP Photo/Sam Oduya)\nAP", []),
        ("File photo of the bridge. REUTERS/Jane Doe", []),
        ("The bridge in spring (AFP)", []),
    ],
)
def test_lines_above_the_report(line: str, names: list[str]) -> None:
    assert credited(f"{HEADLINE}\n{line}\n\n{FIRST}\n\n{LAST}") == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("- Xinhua", ["Xinhua"]),
        ("(Reuters)", ["Reuters"]),
        ("Reuters", ["Reuters"]),
        ("AFP", ["AFP"]),
        ("— BERNAMA", ["Bernama"]),
        ("With inputs from PTI", ["PTI"]),
        ("(With inputs from ANI)", ["ANI"]),
        ("AP contributed to this report.", ["AP"]),
        ("The Associated Press contributed to this report", ["AP"]),
        ("Reuters and Agence France-Presse contributed to this report.", ["AFP", "Reuters"]),
        ("AFP writers in Karesh and Mirel contributed to this report", ["AFP"]),
        ("With reporting by Reuters and AFP", ["AFP", "Reuters"]),
        ("Additional reporting by Agence France-Presse", ["AFP"]),
        ("Some information for this report came from Reuters.", ["Reuters"]),
        ("This story was originally published by Agence France-Presse.", ["AFP"]),
        ("This story has not been edited by our staff and is published from a syndicated feed (PTI).", ["PTI"]),
        ("Compiled from Reuters, AFP and local media", ["AFP", "Reuters"]),
        ("Source: Reuters", ["Reuters"]),
        ("© 2024 Reuters. All rights reserved.", ["Reuters"]),
        ("Copyright 2024 The Associated Press. All rights reserved.", ["AP"]),
        ("Agencies", []),
        ("MENA", []),
        ("Photo: AFP", []),
        ("© AFP", []),
        ("AP Photo/Sam Oduya", []),
        ("Reuters photographers contributed pictures", []),
        ("(Reporting by Mara Lindt; Editing by Sue Hall)", []),
        ("Some details in this report were told Reuters by officials.", []),
        ("Topics: AFP, Iran", []),
        ("Related stories\nReuters\nA bridge too far", []),
    ],
)
def test_lines_below_the_report(line: str, names: list[str]) -> None:
    assert credited(f"{HEADLINE}\n\n{FIRST}\n\n{LAST}\n\n{line}") == names


@pytest.mark.parametrize(
    ("end", "names"),
    [
        (" - Reuters", ["Reuters"]),
        (" (ANI)", ["ANI"]),
        (" /TASS/", ["TASS"]),
        (" —AFP", ["AFP"]),
        (" – AFP, Reuters", ["AFP", "Reuters"]),
        (" (With inputs from PTI)", ["PTI"]),
        (" (Xinhua) Enditem", ["Xinhua"]),
        (" Reuters contributed to this report.", ["Reuters"]),
        (" (With inputs from agencies)", []),
        (" (File photo: AFP)", []),
        (" Enditem", []),
    ],
)
def test_the_end_of_the_last_paragraph(end: str, names: list[str]) -> None:
    assert credited(f"{HEADLINE}\n\n{FIRST}\n\n{LAST}{end}") == names


@pytest.mark.parametrize(
    "sentence",
    [
        "An official told Reuters that the bridge was mined, and AFP reported that two men died.",
        "Reuters reported on Monday that the rebels had asked for talks with the army.",
        "The bridge was rebuilt in 2019, according to Xinhua.",
        "A spokesman told AFP: the bridge will be ours by nightfall.",
        "State news agency SANA said the bridge had fallen to terrorists.",
        "The army denied it, the Interfax news agency reported, citing the ministry.",
        "Sputnik - the news agency, not the vaccine - showed pictures of the bridge.",
    ],
)
def test_an_agency_that_a_sentence_names_is_its_source(sentence: str) -> None:
    for paragraphs in ([sentence, FIRST, LAST], [FIRST, sentence, LAST], [FIRST, LAST, sentence]):
        assert credited("\n\n".join([HEADLINE, *paragraphs])) == []


@pytest.mark.parametrize(
    ("publisher", "name"),
    [
        ("Reuters", "Reuters"),
        ("The Associated Press", "AP"),
        ("Anadolu Agency", "Anadolu"),
        ("Xinhua News Agency", "Xinhua"),
        ("Press Trust of India", "PTI"),
        ("reuters.com", "Reuters"),
        ("APP", "APP"),
        ("The Zarghoon Observer", None),
        ("Reuters Institute", None),
        ("app", None),
    ],
)
def test_a_publisher_that_is_an_agency(publisher: str, name: str | None) -> None:
    assert credited(f"{HEADLINE}\n\n{FIRST}\n\n{LAST}", publisher) == ([name] if name else [])


def test_a_byline_from_the_page_and_a_text_without_regions() -> None:
    assert credits(Document.of(FIRST, byline="Jane Doe, Associated Press")) == ("AP",)
    assert credits(Document.of(FIRST, byline="AFP/Reuters")) == ("AFP", "Reuters")
    assert credits(Document.of(FIRST, byline="Jane Doe/AP")) == ("AP",)
    assert credits(Document.of(FIRST, byline="Jane Doe")) == ()
    assert credits(Document.of(f"{HEADLINE}\n\nKABUL (AFP) - {FIRST}\n\n{LAST}\n\n- Xinhua")) == ("AFP", "Xinhua")
    assert credits(Document.of("")) == ()


def test_origins_are_the_keys_of_a_voice() -> None:
    text = f"{HEADLINE}\n\nKABUL (AFP) - {FIRST}\n\n{LAST}"
    document = document_from_bytes(text.encode(), name="report.txt", publisher="Lowland  COURIER")
    keys = ("agency:AFP", "copy:syn_1", "publisher:lowland courier")
    assert origins(document, "syn_1") == keys
    assert origins(document, None) == (keys[0], keys[2])
    assert origins(Document.of(FIRST), None) == ()
    assert origins(Document.of(FIRST, publisher=" "), None) == ()


def test_two_papers_that_credit_one_agency_are_one_voice() -> None:
    made = [
        document_from_bytes(text.encode(), name="report.txt", publisher=publisher)
        for text, publisher in (
            (f"{HEADLINE}\n\n(Reuters) - {FIRST}", "Lowland Courier"),
            (f"Bridge lost\n\n{LAST} {FIRST} - Reuters", "Harbour Gazette"),
            (f"Bridge lost\n\n{LAST} An official told Reuters so on Tuesday evening.", "Coast Herald"),
        )
    ]
    one, two, three = (set(origins(document, None)) for document in made)
    assert one & two == {"agency:Reuters"}
    assert not three & (one | two)


def test_the_agencies_are_told_apart() -> None:
    written = Counter(w for a in agencies() for w in {*a.names, *a.initials})
    assert [w for w, count in written.items() if count > 1] == []
    assert len({a.name for a in agencies()}) == len(agencies()) > 50
    assert {a.country for a in agencies()} <= iso_codes()
    for agency in agencies():
        for name in (*agency.names, *agency.initials):
            assert credits(Document.of(FIRST, publisher=name)) == (agency.name,), name


@given(st.text(max_size=300))
def test_any_text_has_credits_that_are_agencies(text: str) -> None:
    assert set(credits(Document.of(text, byline=text, publisher=text))) <= {a.name for a in agencies()}


def test_a_malformed_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "agencies.tsv").write_text("# columns\nAFP\tFRA\n", encoding="utf-8")
    monkeypatch.setattr(module, "files", lambda package: tmp_path)
    with pytest.raises(DataError, match="line 2"):
        agencies.__wrapped__()
    (tmp_path / "agencies.tsv").unlink()
    with pytest.raises(DataError, match="missing"):
        agencies.__wrapped__()
