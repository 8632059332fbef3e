"""Outlets and their countries by their addresses, and the time zones of countries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from casus.intake.web.outlets import country_of, outlet_of
from casus.intake.web.zones import countries, local, offset_of, zones_of

DAY = date(2021, 5, 3)


def test_countries_and_their_zones() -> None:
    assert countries()["PK"] == "PAK"
    assert len(set(countries().values())) == len(countries()) == 250
    assert zones_of("PAK") == ("Asia/Karachi",)
    assert zones_of("XKX") == ("Europe/Belgrade",)
    assert zones_of("???") == ()
    moment = datetime(2021, 5, 3, 22, 30, tzinfo=UTC)
    assert [str(x) for x in local(moment, "CHN")] == ["2021-05-04", "2021-05-04 06:30:00+08:00"]
    assert local(moment, "USA") == (DAY, None)
    assert local(moment, "RUS") == (date(2021, 5, 4), None) or local(moment, "RUS")[1] is None
    assert local(moment, None) == (None, None)


@pytest.mark.parametrize(
    ("letters", "country", "hours"),
    [
        ("PKT", None, 5), ("GMT+3", None, 3), ("UTC-4:30", None, -4.5), ("ET", None, -4), ("IST", "IND", 5.5),
        ("IST", "ISR", 2), ("IST", None, None), ("BST", "GBR", 1), ("XYZ", None, None),
    ],
)  # fmt: skip
def test_the_letters_of_a_zone(letters: str, country: str | None, hours: float | None) -> None:
    assert offset_of(letters, country, DAY) == (None if hours is None else timedelta(hours=hours))


@pytest.mark.parametrize(
    ("url", "publisher", "country"),
    [
        ("https://www.dawn.com/news/1", None, "PAK"), ("https://edition.cnn.com/x", None, "USA"),
        ("https://paper.com.pk/x", None, "PAK"), ("https://army.mil/", None, "USA"), ("https://a.co.uk/", None, "GBR"),
        ("https://news.un.org/x", None, None), ("https://paper.tv/x", None, None), ("https://paper.io/x", None, None),
        ("https://paper.example/x", None, None), ("https://dawn.com.evil.example/", None, None),
        ("https://vijesti.me/x", None, "MNE"), (None, "Dawn", "PAK"), (None, "The Kyiv Independent", "UKR"),
        (None, "Coast Post", None), ("no address", None, None), (None, None, None),
    ],
)  # fmt: skip
def test_the_country_of_a_publisher(url: str | None, publisher: str | None, country: str | None) -> None:
    assert country_of(url, publisher) == country


def test_outlets_are_found_by_the_longest_domain() -> None:
    one, two = outlet_of("https://news.un.org/en"), outlet_of("https://press.un.org/en")
    assert [o.name for o in (one, two) if o] == ["UN News", "United Nations"]
    assert outlet_of("https://un.org") == two
    assert outlet_of("https://org/") is None
