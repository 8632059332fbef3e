"""Which addresses are asked: no private one, by whatever name, form or redirect it comes, unless it is allowed."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.errors import AddressError, FetchError
from casus.fetch.addresses import Gate, why_not_public
from casus.fetch.exchange import MAX_URL, Url
from casus.fetch.fetcher import Answer, Fetcher, Manners
from tests.web_server import Names, WebServer, html, redirect, serving

LOCAL = ("127.0.0.1",)


@pytest.fixture
def web() -> Iterator[WebServer]:
    with serving() as server:
        server.pages["/"] = html()
        yield server


def get(url: str, **manners: Any) -> Answer:
    with Fetcher(Manners(**{"allow": LOCAL, **manners}), sleep=lambda _: None) as asking:
        return asking.get(url, robots=False)


PRIVATE = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::10.1.2.3", "64:ff9b:1::1",
    "2002:7f00:1::", "2002:c0a8:101::1", "2002:a9fe:a9fe::", "2001::1", "2001:0:4136:e378::1", "2001:db8::1",
    "3fff::1", "100::1", "5f00::1", "4000::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
    "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
    "223.255.255.255", "2001:200::1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
    "2002:808:808::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert why_not_public(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    for url in (f"http://{host}/", f"https://{host}:8443/x"):
        with pytest.raises(AddressError, match="no public address"):
            get(url, allow=())


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_passes(address: str) -> None:
    assert why_not_public(ip_address(address)) is None
    Gate().check("news.example", [address])


@given(st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(2**125, 2**126 - 1).map(IPv6Address))
def test_nothing_is_public_that_python_holds_for_private(address: IPv4Address | IPv6Address) -> None:
    if address.is_private or address.is_multicast or address.is_reserved or address.is_loopback:
        assert why_not_public(address)


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0x7f.1", "127.1", "127.0.1", "0177.0.0.1", "017700000001", "0x", "127.0.0.1.",
             "127.0.0.01", "1.2.3.4.5", "news.example.127", "%31%32%37.0.0.1", "１２７.0.0.1", "127。0。0。1"]
)  # fmt: skip
@pytest.mark.parametrize("allow", [(), LOCAL])
def test_other_ways_to_write_an_address_lead_nowhere(web: WebServer, host: str, allow: tuple[str, ...]) -> None:
    if (host, allow) in [("127.0.0.1.", LOCAL), ("127。0。0。1", LOCAL)]:
        return  # the one ends as a name does, the other is what a browser takes for it: allowed as 127.0.0.1 is
    with pytest.raises(FetchError):
        get(f"http://{host}:{web.port}/", allow=allow)
    assert web.visits == []


@pytest.mark.parametrize(
    ("allow", "host"),
    [("127.0.0.1", "127.0.0.1"), ("127.0.0.0/8", "127.0.0.1"), ("127.9.9.9/8", "127.0.0.1"),
     ("Localhost.", "localhost"), ("127.0.0.1", "localhost"), ("127.0.0.1", "LOCALHOST.")],
)  # fmt: skip
def test_what_the_user_allows_is_fetched(web: WebServer, allow: str, host: str) -> None:
    assert get(web.url("/", host), allow=(allow, "::1")).status == 200


def test_an_allowed_address_is_allowed_in_the_clothes_of_ipv6() -> None:
    Gate(LOCAL).check("news.example", ["127.0.0.1", "::ffff:127.0.0.1"])
    with pytest.raises(AddressError):
        Gate(LOCAL).check("news.example", ["127.0.0.1", "::ffff:127.0.0.2"])


@pytest.mark.parametrize("allow", [(), ("10.0.0.0/8",), ("news.example",), ("localhost.example",), ("127.0.0.2",)])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_what_the_user_does_not_allow_is_not_asked(web: WebServer, allow: tuple[str, ...], host: str) -> None:
    for robots in (False, True):
        with Fetcher(Manners(allow=allow), sleep=lambda _: None) as asking, pytest.raises(AddressError):
            asking.get(web.url("/", host), robots=robots)
    assert web.visits == []


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, list[list[str]]]], Names]:
    def install(known: dict[str, list[list[str]]]) -> Names:
        made = Names(known)
        monkeypatch.setattr(socket, "getaddrinfo", made.look_up)
        return made

    return install


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["1.1.1.1", "127.0.0.1"], ["127.0.0.1", "1.1.1.1"], ["169.254.169.254"]]
)
def test_a_name_with_any_private_address_is_refused(web: WebServer, names: Any, found: list[str]) -> None:
    names({"news.example": [found]})
    with pytest.raises(AddressError, match=r"news\.example is at"):
        get(web.url("/", "news.example"), allow=())
    assert web.visits == []


def test_the_address_that_was_checked_is_the_one_that_is_asked(web: WebServer, names: Any) -> None:
    """A name server that changes its mind between the check and the connection gets nowhere."""
    asked = names({"news.example": [["127.0.0.1"], ["127.0.0.2"]]})
    assert get(web.url("/", "news.example")).status == 200
    assert web.visits[0].headers["host"] == f"news.example:{web.port}"
    assert asked.asked == ["news.example"]
    with pytest.raises(AddressError, match=r"127\.0\.0\.2"):
        get(web.url("/", "news.example"))


def test_of_several_addresses_the_first_that_answers_is_taken(web: WebServer, names: Any) -> None:
    names({"news.example": [["127.0.0.9", "127.0.0.1"]]})
    assert get(web.url("/", "news.example"), allow=("127.0.0.0/8",)).status == 200


@pytest.mark.parametrize(
    ("error", "tries"), [(socket.EAI_NONAME, 1), (socket.EAI_AGAIN, 3)], ids=["no such name", "no name server"]
)
def test_a_name_that_is_not_found_is_an_error(monkeypatch: pytest.MonkeyPatch, error: int, tries: int) -> None:
    asked: list[object] = []

    def look_up(*call: object, **options: object) -> Sequence[Any]:
        asked.append(call)
        raise socket.gaierror(error, "no")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(FetchError, match=r"news\.example"):
        get("https://news.example/")
    assert len(asked) == tries


@pytest.mark.parametrize("to", ["http://10.0.0.1/", "http://[::1]/", "//169.254.169.254/latest", "http://2130706433/"])
def test_a_redirect_to_a_private_address_is_refused(web: WebServer, to: str) -> None:
    web.pages["/"] = redirect(to)
    with pytest.raises(AddressError):
        get(web.url())


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://news.example/", "javascript:alert(1)", "data:,x", "http://u:p@h/",
                                "http://[::", "https://news example/"])  # fmt: skip
def test_a_redirect_out_of_the_web_is_refused(web: WebServer, to: str) -> None:
    web.pages["/"] = redirect(to)
    with pytest.raises(FetchError, match="redirects astray"):
        get(web.url())


@pytest.mark.parametrize(
    "url",
    ["", "news.example", "//news.example/", "/etc/passwd", "file:///etc/passwd", "ftp://news.example/", "gopher://x/",
     "http:///x", "http://", "https://user@news.example/", "https://user:secret@news.example/", "http://:@x.example/",
     "http://a..b/", "http://-a.example/", "http://a_b!.example/", "http://news.example:0/", "http://news.example:65536/",
     "http://news.example:x/", "http://news.example/\x00", "http://news.example/a\nb", "http://x\\@y.example\\/",
     "http://" + "a" * 64 + ".example/", "http://" + "a." * 130 + "example/", "http://[::1", "http://[1::2::3]/",
     "http://news.example/" + "a" * MAX_URL, "http://news.example/\ud800"],
)  # fmt: skip
def test_what_is_no_address_of_a_page_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", None)  # nothing of it is looked up
    with pytest.raises(FetchError) as caught:
        get(url)
    assert "secret" not in str(caught.value)


@given(st.text() | st.text(alphabet="htps:/[]@#?%.\\ 0x17fé\u3002").map("http://".__add__))
def test_any_text_is_an_address_or_an_error(text: str) -> None:
    try:
        url = Url.of(text)
    except FetchError:
        return
    assert url.text.isascii()
    assert Url.of(url.text) == url


def test_a_proxy_of_the_environment_is_not_asked(web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert get(web.url()).status == 200
