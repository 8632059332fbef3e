"""How many people a phrase says: "at least nine", "between 150 and 200", "four women and a child" -> a range."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from casus.reader.figure_words import FAMILY, MONTH, NOT_PEOPLE, PERSON
from casus.reader.numerals import COLLECTIVE, NUMERAL, VAGUE_WORDS, parse_number, vague_number

_AT_LEAST = (
    r"at\sleast|no\sfewer\sthan|not\sfewer\sthan|no\sless\sthan|not\sless\sthan|a\sminimum\sof"
    r"|upwards\sof|upward\sof|as\sfew\sas"
)
_ABOVE = r"(?:well\s|far\s)?(?:more\sthan|over|above|in\sexcess\sof)"
_AT_MOST = r"up\sto|as\smany\sas|at\smost|no\smore\sthan|not\smore\sthan|a\smaximum\sof|as\smuch\sas"
_BELOW = r"fewer\sthan|less\sthan|under|just\sunder"
_ABOUT = (
    r"nearly|almost|close\sto|about|around|approximately|roughly|some|an\sestimated|estimated|perhaps"
    r"|possibly|another|a\stotal\sof"
    r"|just\sover|only|just|all(?:\sof\sthe|\sthe)?|the|exactly|other|an\sadditional|a\sfurther"
    r"|a\sreported|reportedly"
)
_LEAD = (
    rf"(?:(?P<least>{_AT_LEAST})|(?P<above>{_ABOVE})|(?P<most>{_AT_MOST})|(?P<below>{_BELOW})"
    rf"|(?P<about>{_ABOUT}))\s"
)
_NUMBER = rf"(?:no\sone\b|nobody\b|none\b|both\b|{COLLECTIVE}|{VAGUE_WORDS}|{NUMERAL})"
_QUANTITY = (
    rf"(?:{_LEAD})?(?:(?P<between>between\s(?P<b1>{NUMERAL})\sand\s(?P<b2>{NUMERAL}))"
    rf"|(?P<r1>{NUMERAL})(?:\sto\s|\sor\s|\s?[–-]\s?)(?P<r2>{NUMERAL})"
    rf"|(?P<n>{_NUMBER})(?P<more>\sor\smore\b|\sor\sso\b)?)"
)
_NOT_IN_NAME = (
    r"(?!(?:in|of|by|with|to|on|at|for|from|and|or|who|that|was|were|as|after|than|when|is|has"
    r"|had)\b)"
)
# what may stand after a person: the noun must be the head, so not "a police officer's home", "a civilian plane"
_AFTER_PERSON = (
    r"(?=\s*(?:[,.;:)(—–\"”]|$)|\s(?:and|or|in|at|on|by|who|whom|was|were|is|are|be|has|had|have|being"
    r"|been|after|when|while|during"
    r"|near|from|with|to|as|for|of|outside|inside|protesting|accused|suspected|dead|killed|died|wounded"
    r"|injured|captured|arrested"
    r"|detained|shot|jailed|abducted|kidnapped|slain|buried|under|over|because|before|whose|that|also"
    r"|later|reportedly|allegedly|chanting|carrying|trying)\b)"
)
_SINGLE = (
    rf"\b(?:(?:[Aa]n?|[Aa]nother|[Oo]ne)\s(?:{_NOT_IN_NAME}[\w.'’-]+\s){{0,4}}?{PERSON}|(?:[Hh]is|[Hh]er"
    rf"|[Tt]heir|[Ii]ts|[Mm]y|[A-Z]\w+['’]s)\s(?:{_NOT_IN_NAME}[\w-]+\s){{0,2}}?{FAMILY})"
    rf"(?![\w'’-]){_AFTER_PERSON}"
)
# 2013-2015, "on June 5", "5 June": numbers of the calendar
_DATED_BEFORE = re.compile(
    rf"(?:\b(?:[Ii]n|[Ss]ince|until|[Bb]y|[Dd]uring|from|early|late|mid|year|of)\s|\b{MONTH}\s)$"
)
_DATED_AFTER = re.compile(
    rf"(?:st|nd|rd|th)?\s(?:of\s)?{MONTH}\b|-(?:year|month|day|week|hour|minute|member|strong|story|man"
    rf"|foot|mile)"
)
_MONTH_BEFORE = re.compile(rf"\b{MONTH}\s$")
_PART_OF = re.compile(
    r"\b(?:including|among\sthem|among\swhom|of\swhom|of\sthem|mostly|aged?|(?:as\s)?(?:young"
    r"|old)(?:\sas)?)\s(?:at\sleast\s|about\s|the\s)?$",
    re.IGNORECASE,
)
_AGE = re.compile(r"^,?\s(?:years?\sold|,)|^-year", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A counted phrase at `[start, end)` code points: the qualifier and number words; `low`/`high` None is open."""

    start: int
    end: int
    low: int | None
    high: int | None
    qualifier: str | None = None
    vague: bool = False
    single: bool = False
    part: bool = False


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(rf"(?<!\w)(?<![\w\d]-(?=(?-i:[a-z\d])))(?:{_QUANTITY})", re.IGNORECASE), re.compile(_SINGLE)


def _range(match: re.Match[str]) -> tuple[int | None, int | None, bool] | None:  # noqa: PLR0911 - one reading a return
    """Low, high and whether the number itself is vague."""
    if match["between"] or match["r1"]:
        low = parse_number(match["b1"] or match["r1"])
        high = parse_number(match["b2"] or match["r2"])
        if low is None or high is None:
            return None
        if match["between"] and low < 1000 <= high and high % 1_000_000 == 0 and "million" not in (match["b1"] or ""):
            low *= 1_000_000  # "between 1 and 2 million"
        return (low, high, False) if low <= high else None
    words = match["n"]
    vague = vague_number(words)
    number = vague if vague is not None else parse_number(words)
    if number is None:
        return None
    if vague is not None or match["least"] or (match["more"] and "more" in match["more"]):
        return number, None, vague is not None
    if match["above"]:
        return number + 1, None, False
    if match["most"]:
        return None, number, False
    if match["below"]:
        return None, max(0, number - 1), False
    return number, number, False


def _is_calendar(text: str, match: re.Match[str]) -> bool:
    number = match["n"] or match["r1"] or match["b1"] or ""
    at = match.start("n") if match["n"] else match.start("r1") if match["r1"] else match.start("b1")
    before, after = text[max(0, at - 16) : at], text[match.end() : match.end() + 24]
    if _DATED_AFTER.match(after) or (number[:1].isdigit() and _MONTH_BEFORE.search(before)):
        return True
    plain_year = re.fullmatch(r"(?:19|20)\d\d", number)
    return bool(plain_year and (_DATED_BEFORE.search(before) or not re.match(r"\s[a-z]", after)))


def quantities(text: str, start: int, end: int) -> list[Quantity]:
    """The counted phrases of `text[start:end]` that can count people, in order; dates, ages, units are left out."""
    counted, single = _patterns()
    out: list[Quantity] = []
    for match in counted.finditer(text, start, end):
        got = _range(match)
        if got is None or _is_calendar(text, match) or NOT_PEOPLE.match(text, match.end()):
            continue
        low, high, vague = got
        word = next((match[k] for k in ("least", "above", "most", "below", "about") if match[k]), None)
        begin = match.start()
        part = bool(_PART_OF.search(text[max(start, begin - 24) : begin]))
        out.append(Quantity(begin, match.end(), low, high, word.lower() if word else None, vague, False, part))
    taken = {at for q in out for at in range(q.start, q.end)}
    for match in single.finditer(text, start, end):
        if taken.isdisjoint(range(match.start(), match.end())):
            two = match[0].endswith("couple")
            part = bool(_PART_OF.search(text[max(start, match.start() - 24) : match.start()]))
            out.append(Quantity(match.start(), match.end(), 2 if two else 1, 2 if two else 1, None, False, True, part))
    return sorted(out, key=lambda q: q.start)


def parse_quantity(exact: str) -> Quantity | None:
    """The range of a phrase taken by itself, summing "four women and a child"; None where nothing is counted."""
    found = [q for q in quantities(exact, 0, len(exact)) if not q.part]
    if not found:
        return None
    return total(found)


def total(parts: list[Quantity]) -> Quantity:
    """The sum of coordinated counts; an open end stays open."""
    if len(parts) == 1:
        return parts[0]
    low = sum(p.low or 0 for p in parts)
    high = None if any(p.high is None for p in parts) else sum(p.high or 0 for p in parts)
    return Quantity(parts[0].start, parts[-1].end, low, high, parts[0].qualifier, any(p.vague for p in parts))
