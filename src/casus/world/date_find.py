"""Finds time expressions in running news English: "late Monday", "June 27, 2016", "two days after"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

# Names of months and days are matched with a capital (or all capitals): "may", "march", "sun" are words.
_FULL_MONTHS = [
    "January",
    "February",
    "April",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_SHORT_MONTHS = r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
# March and May alone are also a deed and a verb; they count with a day, a year or a preposition.
_SAFE_MONTH = "|".join(_FULL_MONTHS + [m.upper() for m in _FULL_MONTHS]) + rf"|(?:{_SHORT_MONTHS})\."
_MONTH = rf"(?:{_SAFE_MONTH}|March|May|MARCH|MAY|(?:{_SHORT_MONTHS})(?=\s\d))"
_WEEKDAY = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:MON|TUES|WEDNES|THURS|FRI|SATUR|SUN)DAY"
    r"|(?:Mon|Tues|Tue|Wed|Thurs|Thur|Thu|Fri|Sat|Sun)\.?(?=,\s(?:" + _SAFE_MONTH + r"|May|March)))"
)
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d%]|[.,:]\d|\s%|\s?(?:million|billion|percent|people))"
_YEAR = r"(?:1[5-9]\d\d|20\d\d)(?![\d%]|[.,:]\d|-year)"
_OF_YEAR = r"(?i:(?:of\s)?(?:this|last|that|next|the\ssame)\syear)"
_SEASON = r"(?i:spring|summer|autumn|fall|winter)"
_PART = r"(?i:morning|afternoon|evening|night|midnight|noon|midday|dawn|dusk|daybreak|nightfall)"
_WORDNUM = (
    r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
)
_NUM = rf"(?i:{_WORDNUM}|an?|several|a\sfew|few|a\scouple\sof|couple\sof|many|half\san?|a\sdozen|dozens\sof)"
_UNIT = (
    r"(?i:minutes?|hours?|days?|nights?|weeks?|weekends?|fortnight|months?|years?|decades?|century"
    r"|centuries)"
)
_SOME = (
    r"(?i:more\sthan|less\sthan|fewer\sthan|nearly|almost|about|around|at\sleast|just|only|over|roughly|some"
    r"|barely|exactly|within|as\srecently\sas|as\searly\sas|the)"
)
_PREP = r"(?i:on|in|at|by|since|until|till|during|over|throughout|within|for|through|around|as\sof)"
_EDGE = (
    r"(?i:early(?:\son|\sin)?|late(?:\son|\sin)?|earlier(?:\son|\sin)?|later(?:\son|\sin)?|mid-?"
    r"|(?:the\s)?(?:end|beginning|start|middle|eve)\sof)"
)
_DEIXIS = (
    r"(?i:this\s(?:past|coming)|this|last|next|past|previous|coming|that|the\s(?:same|following|previous|next"
    r"|past|last|coming|first)|same|following|previous)"
)
_HOLIDAY = (
    r"(?:Christmas(?:\s(?:Day|Eve))?|Boxing\sDay|New\sYear['’]s\s(?:Day|Eve)|Valentine['’]s\sDay|May\sDay"
    r"|Bastille\sDay|Halloween|Armistice\sDay|Remembrance\sDay|International\sWomen['’]s\sDay|Victory\sDay"
    r"|Human\sRights\sDay|World\sPress\sFreedom\sDay|Independence\sDay|Ash\sWednesday|Palm\sSunday"
    r"|Maundy\sThursday|Holy\sThursday|Good\sFriday|Easter(?:\s(?:Sunday|Monday))?|Thanksgiving(?:\sDay)?"
    r"|World\sWar\s(?:II|I|Two|One)\b|the\s(?:First|Second)\sWorld\sWar|9/11)"
)

_CALENDAR = (
    # June 27, 2016; May 2 and 3 this year; Oct. 9-11
    rf"{_MONTH}\s(?:the\s)?{_DAY}(?:(?:\s?[-–]\s?|\sand\s|\sto\s|\sor\s){_DAY})?(?:,?\s{_YEAR}"
    rf"|,?\s{_OF_YEAR})?"
    # 27 June 2016; the 27th of June; 2-3 May
    rf"|(?:(?:[12]?\d|3[01])(?:\s?[-–]\s?|\sand\s"
    rf"|\sto\s))?{_DAY}\s(?:of\s)?{_MONTH}(?![’']s\s)(?:,?\s{_YEAR}|\s{_OF_YEAR})?"
    # March 2011; March of last year
    rf"|{_MONTH}(?:,|\sof)?\s{_YEAR}|{_MONTH},?\s(?:of\s)?{_OF_YEAR}"
    # 2016-06-27, 18/01/2024, 18.01.2024
    r"|(?<![\d/-])\d{4}-\d\d-\d\d(?![\d-])|(?<![\d/])\d{1,2}/\d{1,2}/(?:\d{4}|\d\d)(?![\d/])"
    r"|(?<![\d.])\d{1,2}\.\d{1,2}\.\d{4}(?!\d)"
)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A time expression at `[start, end)` code points; `kind` is day, weekday, month, year, relative or vague."""

    start: int
    end: int
    kind: str = ""


# Most sentences hold few words of time, and a pattern is slow to find that out. So each family names sets of
# words; where a sentence has no word of one of them, the pattern cannot match and is not tried.
_ANY_DIGIT, _DIGITS_JOINED, _YEARLIKE = "0", "0-0", "2000"
_WORD = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
_JOINED = re.compile(r"\d[-/.]\d")
_YEAR_START = re.compile(r"(?:1[5-9]|20)\d")
# these may be glued to the word before: "midMarch", "downfall 2011"
_GLUED_MONTHS = ("March", "May")
_GLUED_SEASONS = ("spring", "summer", "autumn", "fall", "winter")
# letters that a pattern without regard to case takes for i and s
_LOOKALIKES = str.maketrans("ıİſ", "iis")


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_MONTH_WORDS = _set(" ".join([*_FULL_MONTHS, "March", "May"])) | _set(_SHORT_MONTHS.replace("|", " "))
_MONTH_WORDS |= {m.upper() for m in (*_FULL_MONTHS, "March", "May")}
_DAY_NAMES = _set("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_WEEKDAY_WORDS = _DAY_NAMES | {d.upper() for d in _DAY_NAMES} | _set("Mon Tues Tue Wed Thurs Thur Thu Fri Sat Sun")
_UNIT_WORDS = _set(
    "minute minutes hour hours day days night nights week weeks weekend weekends fortnight month months year years "
    "decade decades century centuries"
)
_PART_WORDS = _set("morning afternoon evening night midnight noon midday dawn dusk daybreak nightfall")
_DEIXIS_WORDS = _set("this last next past previous coming that same following first")
_COUNTED_WORDS = _set("ago earlier later before after afterward afterwards prior beforehand now")
_HOLIDAY_WORDS = _set(
    "christmas boxing year valentine may bastille halloween armistice remembrance women victory human press "
    "independence ash palm maundy holy good easter thanksgiving war"
) | {_DIGITS_JOINED}
_FIXED_WORDS = _set(
    "today yesterday tomorrow tonight overnight midweek week all weekend eve far then end beginning start middle turn "
    "earlier later late early soon shortly immediately right just moments dawn dusk noon midnight midday nightfall "
    "daybreak"
)
_VAGUE_WORDS = _set(
    "recent recently coming past preceding currently nowadays ago days weeks months years decades centuries hours time"
)


def cues(stretch: str) -> set[str]:
    """What the families ask for: the words of a stretch as they stand and in lower case, and marks for digits."""
    low = stretch.translate(_LOOKALIKES).lower()
    found = {*_WORD.findall(stretch), *_WORD.findall(low)}
    found.update(m for m in _GLUED_MONTHS if m in stretch)
    found.update(s for s in _GLUED_SEASONS if s in low)
    if _DIGIT.search(stretch):
        found.add(_ANY_DIGIT)
        if _JOINED.search(stretch):
            found.add(_DIGITS_JOINED)
        if _YEAR_START.search(stretch):
            found.add(_YEARLIKE)
    return found


@dataclass(frozen=True, slots=True)
class Family:
    """Expressions of one kind. `needs`: of each of these sets some member is among the cues of any match."""

    kind: str
    needs: tuple[frozenset[str], ...]
    pattern: re.Pattern[str]

    def may_stand(self, found: set[str]) -> bool:
        """Whether a stretch with these cues can hold an expression of the family."""
        return not any(found.isdisjoint(n) for n in self.needs)


@cache
def families() -> tuple[Family, ...]:
    """Every family of time expressions; where two match the same words the first counts."""
    lead = rf"(?:\b{_PREP}\s)?(?:\b(?i:the)\s)?(?:\b{_EDGE}[\s-]?)?"
    head = rf"(?:\b{_PREP}\s)?(?:\b{_EDGE}\s)?"
    return tuple(
        Family(kind, needs, re.compile(pattern))
        for kind, needs, pattern in (
            (
                "day",
                (_MONTH_WORDS | {_DIGITS_JOINED}, frozenset({_ANY_DIGIT, "year"})),
                rf"{lead}(?<![\w$€£])(?:{_CALENDAR})(?!\w)",
            ),
            ("weekday", (_WEEKDAY_WORDS,), rf"{head}(?:\b{_DEIXIS}\s)?\b{_WEEKDAY}\b(?:\s{_PART}\b)?"),
            ("month", (_MONTH_WORDS,), rf"{lead}(?:\b{_DEIXIS}\s)?(?<!\w)(?:{_SAFE_MONTH})(?!\w)(?!\s[A-Z][a-z])"),
            (
                "month",
                (frozenset(_GLUED_MONTHS),),
                rf"(?:\b(?i:in|since|until|by|from|during|between|before|after|through)\s(?:{_EDGE}[\s-]?)?"
                rf"|\b{_EDGE}[\s-]?|\b(?i:last|this|next|past)\s)(?:March|May)(?![\w’'])",
            ),
            (
                "year",
                (frozenset({_YEARLIKE}),),
                rf"(?:\b{_PREP}\s(?:{_EDGE}[\s-]?)?(?:the\syears?\s)?|\b{_EDGE}[\s-]?|(?<=\b[Tt]he\s)"
                rf"|(?<=\ba\s)|(?<=[’']s\s)"
                rf"|(?<=\bits\s)|(?<=\band\s)|(?<=\bof\s)|(?<=\())\b{_YEAR}(?![\w$€£]|\s(?:people|men"
                rf"|women|soldiers|troops|dead|civilians))",
            ),
            (
                "year",
                (frozenset({_YEARLIKE}),),
                rf"(?:\b{_PREP}\s)?(?:\b(?i:the)\s)?(?:\b{_EDGE}[\s-]?)?\b(?:1[5-9]|20)\d0[’']?s\b",
            ),
            (
                "year",
                (frozenset({"century"}),),
                r"(?:\bin\s)?(?:\b(?i:the)\s)?(?:\b(?:early|late|mid)-?\s?)?\b\d{1,2}(?:st|nd|rd|th)(?:\s"
                r"|-)century\b",
            ),
            ("month", (frozenset(_GLUED_SEASONS),), rf"{lead}(?:{_DEIXIS}\s{_SEASON}|{_SEASON}\s(?:of\s)?{_YEAR})\b"),
            ("holiday", (_HOLIDAY_WORDS,), rf"(?:\b{_PREP}\s)?(?<!\w){_HOLIDAY}(?!\w)(?:\s{_YEAR})?"),
            (
                "relative",
                (_DEIXIS_WORDS, _UNIT_WORDS | _PART_WORDS),
                rf"{head}\b{_DEIXIS}\s(?:{_NUM}\s)?(?:{_UNIT}|{_PART})\b(?:\s{_OF_YEAR})?",
            ),
            (
                "relative",
                (_UNIT_WORDS, _COUNTED_WORDS),
                rf"(?:\b{_PREP}\s)?(?:\b{_SOME}\s)?(?:\b{_NUM}[\s-]|\b(?i:the)\s|(?=\b\w+s\s))\b{_UNIT}"
                r"(?:-and-a-half|\sand\sa\shalf)?\s(?i:ago|earlier|later|before|after|afterwards?|prior"
                r"|beforehand|from\snow)\b",
            ),
            (
                "relative",
                (_UNIT_WORDS,),
                rf"\b(?i:for|over|in|within|after)\s(?:{_SOME}\s)?(?:{_NUM})\s{_UNIT}\b",
            ),
            (
                "relative",
                (_FIXED_WORDS,),
                r"\b(?i:today|yesterday|tomorrow|tonight|overnight|midweek"
                r"|(?:the\s)?day\s(?:before\syesterday"
                r"|after\stomorrow)|(?:(?:all|during|for|in|over|throughout)\s)?(?:the\s)?week\sof"
                rf"(?=\s{_MONTH})|all\s(?:day|week|night|month|year)|(?:over|at|on|during|by)\sthe\sweekend"
                r"|(?:on\s)?(?:the\s)?eve\sof|so\sfar\s(?:this|that)\s(?:week|month|year)|since\sthen"
                r"|(?:since|by|at|until|in)\sthe\s(?:end|beginning|start|middle|turn)\sof\sthe"
                r"\s(?:day|week|month|year|decade|century)"
                r"|(?:earlier|later|late|early|soon|shortly)\s(?:in|on)\sthe\s(?:day|week|month|year"
                r"|morning|afternoon|evening|night)"
                r"|(?:shortly|soon|immediately|right|just|moments)\s(?:after|before)(?:wards?)?"
                r"|at\s(?:dawn|dusk|noon|midnight|midday|nightfall|daybreak))\b",
            ),
            (
                "vague",
                (_VAGUE_WORDS,),
                r"\b(?i:(?:in|over|during)\s(?:the\s)?(?:recent|coming|past|preceding)\s(?:days|weeks"
                r"|months|years|times|hours)"
                r"|recent(?:ly)?|currently|nowadays|long\sago|for\s(?:days|weeks|months|years|decades"
                r"|centuries)"
                r"|in\sthe\spast|in\sthe\s(?:days|hours|weeks|months)\s(?:after|before|since|to\scome)"
                r"|(?:a\sshort|some)\stime\s(?:ago|later))\b",
            ),
        )
    )


# Two mentions of these kinds that stand side by side are one expression.
_COMMA = re.compile(r",?\s")
_LINK = re.compile(r"\s?[-–]\s?|\s(?:and|to|through|until|till|into)\s")
_LINKED_KINDS = frozenset({"day", "weekday", "month", "year"})


def _joined(text: str, left: DateMention, right: DateMention) -> str | None:
    """The kind of the expression that both mentions make together, or None when they are two."""
    gap = text[left.end : right.start]
    bare = right.kind == "day" and text[right.start : right.start + 1].isalnum()
    if left.kind == "weekday" and bare and _COMMA.fullmatch(gap):
        return "day"
    if left.kind == right.kind and left.kind in _LINKED_KINDS and _LINK.fullmatch(gap):
        # "killed on Monday and on Tuesday wounded" stays two: the second has its own preposition
        first = text[right.start : right.end].split(maxsplit=1)[0].lower()
        return None if first in {"on", "in", "at", "by", "since", "during", "after", "before"} else left.kind
    return None


def find(text: str, start: int = 0, end: int | None = None) -> list[DateMention]:
    """The time expressions of `text[start:end]`, longest first where they overlap, in order.

    Offsets are code points into `text`. "may" and "march" as verbs, bare numbers and "sun" are no dates.
    """
    return list(_found(text, start, len(text) if end is None else end))


# a sentence is asked for once for each of its claims and once more for the whole document
@lru_cache(maxsize=512)
def _found(text: str, start: int, stop: int) -> tuple[DateMention, ...]:
    found: list[DateMention] = []
    said = cues(text[start:stop])
    for family in families():
        if not family.may_stand(said):
            continue
        for match in family.pattern.finditer(text, start, stop):
            at = match.start()
            while at < match.end() and text[at].isspace():
                at += 1
            if at < match.end():
                found.append(DateMention(at, match.end(), family.kind))
    kept: list[DateMention] = []
    taken: set[int] = set()
    for mention in sorted(found, key=lambda m: (m.start - m.end, m.start)):
        if taken.isdisjoint((mention.start, mention.end - 1)) and taken.isdisjoint(range(mention.start, mention.end)):
            kept.append(mention)
            taken.update(range(mention.start, mention.end))
    kept.sort(key=lambda m: m.start)
    out: list[DateMention] = []
    for mention in kept:
        joined = _joined(text, out[-1], mention) if out else None
        if joined:
            out[-1] = DateMention(out[-1].start, mention.end, joined)
        else:
            out.append(mention)
    return tuple(out)
