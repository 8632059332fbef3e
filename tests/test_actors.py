"""Finding known names and resolving participants; the texts are our own."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casus.world.actors import ActorBook, ActorContext, Identity, document_home

BOOK = ActorBook.load()


def found(text: str) -> list[tuple[str, str]]:
    return [(text[m.start : m.end], m.who) for m in BOOK.find(text)]


def resolve(
    phrase: str,
    text: str = "",
    *,
    place: str | None = None,
    home: str | None = None,
    published: date | None = None,
) -> Identity:
    mentions = tuple(BOOK.find(text))
    at = text.rfind(phrase)
    context = ActorContext(
        text=text,
        start=at if at >= 0 else None,
        end=at + len(phrase) if at >= 0 else None,
        mentions=mentions,
        published=published,
        place_iso3=place,
        home=home or document_home(text, mentions),
    )
    return BOOK.resolve(phrase, context)


# ---------------------------------------------------------------------- find


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. and the UK met", [("U.S.", "USA"), ("UK", "GBR")]),
        ("Turkish jets over Syria", [("Turkish", "TUR"), ("Syria", "SYR")]),
        ("the Kremlin and the White House", [("Kremlin", "RUS"), ("White House", "USA")]),
        ("Netanyahu rang Erdogan", [("Netanyahu", "ISR"), ("Erdogan", "TUR")]),
        ("South Sudan, not Sudan", [("South Sudan", "SSD"), ("Sudan", "SDN")]),
        ("Islamic State’s fighters", [("Islamic State", "Islamic State")]),
        ("the Kurdistan Workers’ Party (PKK)", [("Kurdistan Workers’ Party", "Kurdistan Workers' Party"),
                                               ("PKK", "Kurdistan Workers' Party")]),
        ("UNHCR staff", [("UNHCR", "United Nations")]),
        ("Tasnim reported", [("Tasnim", "IRN")]),
        ("Nato troops", [("Nato", "NATO")]),
        ("al-Shabab and al-Qaida", [("al-Shabab", "al-Shabab"), ("al-Qaida", "al-Qaida")]),
        ("Rohingya families", [("Rohingya", "MMR")]),
    ],
)  # fmt: skip
def test_find(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "we ate turkey, and guinea fowl; let us say it may be chad",
        "Michael Jordan and Chad Smith with Georgia Brown",
        "TELL US NOW WHO IS TO BLAME",
        "Ana Castro, a teacher, left. Castro cried.",
        "Latin American music",
        "Voters in Georgia queued outside Atlanta",
        "He is new here.",
    ],
)
def test_words_that_are_no_actors(text: str) -> None:
    assert found(text) == []


def test_weak_surname_needs_the_full_name_or_a_title() -> None:
    assert found("Ban signs went up") == []
    assert [w for _, w in found("Ban Ki-moon came. Ban spoke.")] == ["United Nations", "United Nations"]
    assert found("President Bush spoke") == [("Bush", "USA")]


def test_shared_name_goes_to_the_side_that_the_text_names() -> None:
    assert ("King Abdullah", "JOR") in found("King Abdullah met the Jordanian cabinet in Amman.")
    assert ("King Abdullah", "SAU") in found("King Abdullah met the Saudi cabinet in Riyadh.")


def test_range_of_a_text() -> None:
    text = "Iran struck Pakistan"
    assert [m.who for m in BOOK.find(text, 5)] == ["PAK"]
    assert [m.who for m in BOOK.find(text, 0, 5)] == ["IRN"]


@settings(deadline=None)
@given(st.text(max_size=300))
def test_find_never_overlaps_or_leaves_the_text(text: str) -> None:
    at = 0
    for m in BOOK.find(text):
        assert at <= m.start < m.end <= len(text)
        assert m.who
        assert m.actor_id.startswith("act_")
        at = m.end


VOCABULARY = (
    "Turkish artillery the of police Iran 's its forces rebels , ( ) Assad IS-linked U.S.-backed militants \x00 "
    "\u200f 🚀 Hezbollah Mir Mr. said group protesters against loyal to from Karachi former Kurdish"
)
WORDS = st.sampled_from(VOCABULARY.split())


@settings(deadline=None)
@given(st.lists(WORDS, max_size=40), st.lists(WORDS, max_size=6))
def test_resolve_never_fails_and_always_says_why(words: list[str], phrase: list[str]) -> None:
    name = " ".join(phrase)
    text = " ".join([*words, name])
    got = resolve(name, text)
    assert got.why
    assert (got.actor_id is None) == (got.who is None)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_resolve_takes_any_text(name: str) -> None:
    assert BOOK.resolve(name, ActorContext()).why


def test_very_long_text() -> None:
    text = "the rebels of Darfur and " * 3000
    assert resolve("rebels", text, place="SDN").who == "SDN"


# ---------------------------------------------------------------------- resolve: names in the phrase


@pytest.mark.parametrize(
    ("phrase", "who", "sector"),
    [
        ("Turkish artillery", "TUR", "MIL"),
        ("Pakistan's most senior diplomat", "PAK", "GOV"),
        ("US-backed Iraqi Forces", "IRQ", "MIL"),
        ("Opponents of the Venezuelan government", "VEN", "OPP"),
        ("Afghan Taliban", "Taliban", "REB"),
        ("Pakistani Taliban fighters", "Pakistani Taliban", "REB"),
        ("IS militants", "Islamic State", "REB"),
        ("Iran-backed Houthis", "Houthis", "REB"),
        ("al-Qaida-linked militants", "al-Qaida", "REB"),
        ("Foreign Minister Hossein Amirabdollahian", "IRN", "GOV"),
        ("Assad regime", "SYR", "GOV"),
        ("forces loyal to Haftar", "Libyan National Army", "REB"),
        ("hundreds of Syrian refugees", "SYR", "REF"),
        ("members of Hezbollah", "Hezbollah", "REB"),
        ("protesters against President Nicolas Maduro", "VEN", "CVL"),
        ("police in Karachi", "PAK", "COP"),
        ("Chicago police", "USA", "COP"),
        ("White House", "USA", "GOV"),
        ("Philippines", "PHL", "GOV"),
        ("nine Pakistani workers", "PAK", "LAB"),
        ("Saudi-led coalition warplanes", "Saudi-led coalition", "MIL"),
        ("U.N. Security Council", "United Nations", "IGO"),
        ("Turkish Red Crescent", "Turkish Red Crescent", "NGO"),
        ("Iranian media", "IRN", "MED"),
        ("Peshmerga", "Peshmerga", "MIL"),
    ],
)
def test_names_in_the_phrase(phrase: str, who: str, sector: str) -> None:
    got = resolve(phrase)
    assert (got.who, got.sector) == (who, sector), got.why


def test_a_country_in_why() -> None:
    assert resolve("Turkish artillery").why == "demonym 'Turkish'; noun 'artillery'"


def test_an_envoy_is_not_of_the_country_he_is_sent_to() -> None:
    assert resolve("Pakistan's ambassador to Iran").who == "PAK"
    assert resolve("ambassador to Iran", home="PAK").who == "PAK"


def test_a_term_of_office_decides_whom_a_person_acts_for() -> None:
    assert resolve("Jens Stoltenberg", published=date(2004, 5, 1)).who == "NOR"
    assert resolve("Jens Stoltenberg", published=date(2020, 5, 1)).who == "NATO"


@pytest.mark.parametrize(
    ("place", "who", "sector"),
    [
        ("IRQ", "Peshmerga", "MIL"),
        ("SYR", "People's Protection Units", "REB"),
        ("TUR", "Kurdistan Workers' Party", "REB"),
    ],
)
def test_a_peoples_armed_men(place: str, who: str, sector: str) -> None:
    got = resolve("Kurdish forces", place=place)
    assert (got.who, got.sector) == (who, sector)


# ---------------------------------------------------------------------- resolve: from the context


@pytest.mark.parametrize(
    ("phrase", "place", "who", "sector"),
    [
        ("police", "UGA", "UGA", "COP"),
        ("rebels", "SYR", "SYR", "REB"),
        ("protesters", "FRA", "FRA", "CVL"),
        ("two children", "YEM", "YEM", "CVL"),
        ("soldiers", "PSE", "PSE", "MIL"),
        ("Gunmen", "PAK", None, "UAF"),
        ("foreign journalists", "TUR", None, "MED"),
        ("migrants", "GRC", None, "REF"),
        ("governments", "KEN", None, "GOV"),
        ("he", "KEN", None, "UNK"),
        ("", "KEN", None, "UNK"),
    ],
)
def test_common_nouns(phrase: str, place: str, who: str | None, sector: str) -> None:
    got = resolve(phrase, place=place)
    assert (got.who, got.sector) == (who, sector), got.why


def test_nothing_to_go_by() -> None:
    got = resolve("soldiers")
    assert got.who is None
    assert got.why == "noun 'soldiers'; no country in the phrase or the text"


def test_soldiers_in_the_west_bank_of_an_israeli_story() -> None:
    assert resolve("soldiers", place="PSE", home="ISR").who == "ISR"
    assert resolve("settlers", place="PSE").who == "ISR"


def test_a_plane_is_of_the_country_named_with_it_once() -> None:
    text = "A Russian jet was lost over Syria. Turkey said the jet had strayed."
    assert resolve("jet", text, place="SYR").who == "RUS"


def test_militants_are_the_group_that_the_text_is_about() -> None:
    text = "Boko Haram raided a village. Boko Haram fled when the militants ran short of fuel."
    assert resolve("militants", text, place="NGA").who == "Boko Haram"
    assert resolve("gunmen", text, place="NGA").who is None


def test_its_forces() -> None:
    text = "Iran said late Tuesday its forces had struck the hills."
    got = resolve("its forces", text)
    assert (got.who, got.sector) == ("IRN", "MIL")


STRANGERS = (
    "Asad Mirza, a South Asia expert at the U.S. Institute of Peace, was wary. Iraqi lawmaker Karim Alwan left. "
    "Jane Doe, the spokeswoman of the German foreign ministry, smiled. The smuggler, Ion Popa, ran. "
    "Mirza and Alwan later met. The Rural Doctors Circle (RDC) helped."
)


@pytest.mark.parametrize(
    ("phrase", "who", "sector"),
    [
        ("Mirza", "USA", "EDU"),
        ("Alwan", "IRQ", "LEG"),
        ("Jane Doe", "DEU", "GOV"),
        ("Ion Popa", None, "UAF"),
    ],
)
def test_strangers_are_what_the_text_says_of_them(phrase: str, who: str | None, sector: str) -> None:
    got = resolve(phrase, STRANGERS)
    assert (got.who, got.sector) == (who, sector), got.why


def test_private_persons_are_no_actors_of_their_own() -> None:
    got = resolve("Amal Haddad", "Amal Haddad lost her house near Sidon.", place="LBN")
    assert (got.who, got.sector) == ("LBN", "CVL")


def test_unknown_organisation_keeps_its_name() -> None:
    got = resolve("Blue Valley Liberation Front", place="SDN")
    assert (got.who, got.sector) == ("Blue Valley Liberation Front", "REB")


# ---------------------------------------------------------------------- home


def test_home_is_the_country_most_spoken_of() -> None:
    text = "Police in Uganda arrested Kizza Besigye. Ugandan courts opened. Washington said it was watching."
    assert document_home(text, BOOK.find(text), "Uganda Arrests Opposition Leader") == "UGA"
    assert document_home("Nothing here.", [], None) is None


def test_home_from_an_armed_group() -> None:
    text = "Boko Haram raided a village overnight."
    assert document_home(text, BOOK.find(text), None) == "NGA"
