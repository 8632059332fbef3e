"""Reads robots.txt (RFC 9309): may an address be fetched, and how long to wait between two requests?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from protego import Protego

# RFC 9309 2.5: a crawler reads at least this much; what lies behind it is not read.
MAX_ROBOTS_BYTES = 500 * 1024

_AGENT_LINE = re.compile(r"user[-\s]*agent(?![\w-])\s*:?([^#]*)", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z_-]+")
# stands for all agents that are not us; it is no part of any token of ours
_OTHER = "0"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a site asks of us. `refusal` says why nothing may be fetched at all; `delay` is in seconds, None unsaid."""

    token: str = ""
    parsed: Protego | None = None
    refusal: str | None = None
    delay: float | None = None

    def allows(self, url: str) -> bool:
        """Whether the whole address `url` may be fetched."""
        if self.refusal is not None:
            return False
        return self.parsed is None or self.parsed.can_fetch(url, self.token)


def read_rules(body: bytes, agent: str) -> Rules:
    """The rules of a robots.txt for `agent`, a whole User-Agent ("Casus/0.1.0 (+https://…)")."""
    token = token_of(agent)
    text = body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", "replace")
    parsed = Protego.parse("\n".join(_for_us(line, token) for line in text.splitlines()))
    return Rules(token, parsed, delay=parsed.crawl_delay(token))


def token_of(agent: str) -> str:
    """The name by which robots.txt speaks of an agent: "Casus" of "Casus/0.1.0 (+https://…)"."""
    found = _TOKEN.match(agent)
    return found.group() if found else "Casus"


def _for_us(line: str, token: str) -> str:
    """A line that names an agent, as one of three: us, all, another.

    The parser keeps each rule once for each agent of a group: ten thousand invented agents over ten thousand rules
    would fill the memory. It would also take "User-agent: Ca" for us, and not "User-agent: Casus/2.0".
    """
    found = _AGENT_LINE.match(line.strip())
    if not found:
        return line
    said = found.group(1).strip()
    if said and not said.strip("*"):
        return "User-agent: *"
    named = _TOKEN.match(said.lstrip("*"))
    ours = named is not None and named.group().lower() == token.lower()
    return f"User-agent: {token if ours else _OTHER}"
