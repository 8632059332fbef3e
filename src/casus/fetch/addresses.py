"""Which network addresses may be asked: those of the public internet, and of others only what the user allows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from casus.errors import AddressError, FetchError, UsageError

# What is not the public internet, by the special-purpose registries of IANA (RFC 6890 and later). Our own list, as
# that of `ipaddress` differs from one release of Python to the next.
_IPV4 = tuple(
    (ip_network(net), what)
    for net, what in (
        ("0.0.0.0/8", "this machine"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "the inside of a provider's network"),
        ("127.0.0.0/8", "this machine"),
        ("169.254.0.0/16", "the local link"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "for documentation"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "a private network"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_IPV6 = tuple(
    (ip_network(net), what)
    for net, what in (
        ("::/128", "this machine"),
        ("::1/128", "this machine"),
        ("fc00::/7", "a private network"),
        ("fe80::/10", "the local link"),
        ("fec0::/10", "a private network"),
        ("ff00::/8", "multicast"),
        # tunnels such as Teredo, and numbers that no web server has
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "for documentation"),
        ("3fff::/20", "for documentation"),
    )
)
_PUBLIC_IPV6 = ip_network("2000::/3")
# both carry an IPv4 address, behind how many bits stands beside them
_CARRIERS = ((ip_network("64:ff9b::/96"), 0), (ip_network("2002::/16"), 80))

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")


def why_not_public(address: IPv4Address | IPv6Address) -> str | None:
    """What an address is where it is not one of the public internet ("a private network"); None where it is."""
    address = _plain(address)
    if isinstance(address, IPv4Address):
        return next((what for net, what in _IPV4 if address in net), None)
    for net, shift in _CARRIERS:
        if address in net:
            return why_not_public(IPv4Address(int(address) >> shift & 0xFFFFFFFF))
    what = next((what for net, what in _IPV6 if address in net), None)
    return what or (None if address in _PUBLIC_IPV6 else "reserved")


def is_address(text: str) -> bool:
    """Whether a host is an IP address in its usual form, and no name."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def check_host(host: str) -> None:
    """A host as an address has it (lower case, no brackets) -> nothing, or FetchError or AddressError.

    Refuses names that no name server knows, and numbers in a form that only some programs take for an address:
    127.1, 0x7f000001, 017700000001.
    """
    if is_address(host):
        return
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        raise AddressError(
            f"{host[:80]} is a number in an unusual form", "write the address as four numbers, or a name"
        )
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise FetchError(f"'{host[:80]}' is no name of a host", "check the address")


class Gate:
    """Lets through public addresses, and what `allow` names: hosts, addresses, networks ("10.1.0.0/16").

    Raises UsageError for an entry with a slash that is no network.
    """

    def __init__(self, allow: Iterable[str] = ()) -> None:
        entries = [entry.strip().lower().rstrip(".") for entry in allow]
        self._networks = [ip_network(e.strip("[]"), strict=False) for e in entries if _is_network(e.strip("[]"))]
        self._names = frozenset(e for e in entries if not _is_network(e.strip("[]")))
        wrong = next((name for name in sorted(self._names) if "/" in name), None)
        if wrong is not None:
            raise UsageError(f"'{wrong}' is no network to allow", "write it as 10.1.0.0/16, or name a host")

    def check(self, host: str, found: Iterable[str]) -> None:
        """`found` are the addresses of `host`. Raises AddressError where any of them is neither public nor allowed.

        Any, not all: a name that is half inside and half outside is a mistake or an attack.
        """
        if host in self._names:
            return
        for text in found:
            address = _plain(ip_address(text))
            what = why_not_public(address)
            if what and not any(address in net for net in self._networks):
                named = f"{host} is" if is_address(host) else f"{host} is at {text}, which is"
                raise AddressError(f"{named} no public address ({what})")


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address in ::ffff:127.0.0.1, which sockets take for that address."""
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
