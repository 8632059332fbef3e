"""What one line of a news page is when it is not prose: byline, stamp, credit, share button, heading, table."""

from __future__ import annotations

import re
from typing import Literal

from casus.intake.dates import find_date

LineKind = Literal[
    "byline", "published", "updated", "stamp", "credit", "button", "related", "pointer", "promo", "notice",
    "rule", "table", "contributors", "code",
]  # fmt: skip

AGENCIES = (
    "AP|Associated Press|The Associated Press|AFP|Agence France-Presse|Reuters|REUTERS|Getty|Getty Images|"
    "EPA|EPA-EFE|EFE|UPI|VOA|RFE/RL|RFERL|BBC|CNN|Al Jazeera|DPA|dpa|PA|PA Media|Xinhua|TASS|Anadolu|"
    "Anadolu Agency|AA|IRNA|SANA|ANI|PTI|Shutterstock|iStock|Alamy|Bloomberg|NurPhoto|ZUMA|Sputnik|Kyodo|Yonhap|"
    "WAM|SPA|APP|UN Photo|Planet Labs|Maxar|Handout|Supplied|Social media|Twitter|Facebook|Telegram|File"
)
_NAME = r"[^\W\d_a-z][\w.'’-]*"
_NAMES = rf"{_NAME}(?:\s(?:al-|de |von |van |bin |el-)?{_NAME}){{0,4}}"
_TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[ap]\.?m\.?)?|\d{1,2}\s?[ap]\.?m\.?"
_ZONE = r"(?:\s?\(?(?:[A-Z]{2,5}|UTC[+-]\d{1,2}|GMT[+-]\d{1,2}|local time)\)?)?"
_DAYNAME = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s)?"

_PUBLISHED = re.compile(
    r"^\W{0,3}(?:first\s)?(?:published|posted|publish(?:ing)? date|date|issued|released)(?:\s(?:on|at))?\s?[:|-]?\s",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"^\W{0,3}(?:last\s)?(?:updated?|modified|edited|corrected)(?:\s(?:on|at))?\s?[:|-]?\s", re.IGNORECASE
)
_BYLINE = re.compile(
    rf"^(?:(?:Story|Written|Reported|Words|Analysis|Opinion|Report)\s)?[Bb][Yy]:?\s{_NAMES}"
    rf"(?:(?:,|\s?\||\sand|\s&|\sin|\sfor|\sof)\s[^.!?]{{1,100}})?\W{{0,2}}$"
)
_TIME_LINE = re.compile(rf"^\W{{0,3}}(?:at\s)?(?:{_TIME}){_ZONE}\W{{0,3}}$", re.IGNORECASE)
_AGO = re.compile(
    r"^\W{0,3}(?:about |updated |posted |published )?(?:\d{1,3}|an?|one|two|few) (?:sec(?:ond)?|min(?:ute)?|hour|hr|day|week|month)s?\.? ago\W{0,3}$",
    re.IGNORECASE,
)
_READ_TIME = re.compile(
    r"^\W{0,3}\d{1,3}[ -]?min(?:ute)?s?\.?(?: read(?:ing time)?)?\W{0,3}$|^reading time\b.{0,30}$",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    rf"^\W{{0,3}}(?:(?:photo(?:graph)?|image|picture|pic|credit|source|video|copyright|©|via|file|stock)s?"
    rf"(?:\s(?:credit|source|by|courtesy|copyright))?(?:\sof)?\s?[:/©|-]?\s?)?(?:{_NAMES}\s?(?:/|\||via|for|,)\s?)?"
    rf"(?:{AGENCIES})(?:\s?(?:/|\||via|,)\s?[^.!?]{{1,60}}|\s(?:Photo|Images?|File|Pool)(?:/[^.!?]{{1,60}})?)?\W{{0,3}}$"
)
_CREDIT_LABEL = re.compile(
    r"^\W{0,3}(?:photo|image|picture|video)s?(?:\scredit|\ssource|\sby|\scourtesy of)?\s?[:©]\s?[^.!?]{2,60}$|^©.{2,80}$|^(?:photo|image) courtesy .{2,60}$",
    re.IGNORECASE,
)
_BUTTON = re.compile(
    r"^\W{0,4}(?:share(?: (?:this|on|via|with|article|story|page|post|facebook|twitter|x|whatsapp|email|link)\b.{0,40})?|tweet|retweet|pin(?:terest)?|"
    r"(?:copy|copied)(?: (?:this |the )?(?:link|url)).{0,30}|e-?mail(?: this.{0,20})?|print(?: this.{0,20})?|save(?: (?:this|article|for later).{0,20})?|bookmark|"
    r"facebook|twitter|x|whatsapp|telegram|linkedin|reddit|messenger|youtube|instagram|comments?(?: \(\d+\))?|\d+ (?:comments?|shares?|likes?|views?)|(?:view|show|see|leave|post|add)(?: all| a)? comments?.{0,20}|"
    r"listen(?: to (?:this )?(?:article|story).{0,40})?|play(?: video| audio)?|pause|mute|close|menu|search|home|skip to (?:main )?content|sign in|log in|register|subscribe(?: now)?|"
    r"follow(?: us)?(?: on .{0,40})?|like us on .{0,40}|advertisement|ad|ads|sponsored(?: content)?|promoted|load more|show more|read (?:more|full (?:article|story)|on)|continue reading|(?:click|tap) (?:here|to) .{0,60}|"
    r"back to top|previous|next|next article|previous article|view gallery|gallery|image \d+ of \d+|\d+ ?/ ?\d+|tags?:.{0,160}|topics?:.{0,160}|filed under:?.{0,160}|categor(?:y|ies):.{0,160}|keywords:.{0,160}|"
    r"exclusive|breaking(?: news)?|live|watch live|video|audio|photos?|loading\W*|no media source currently available|embed|embed share|pop-?out player|direct link|download(?: audio)?)\W{0,4}$",
    re.IGNORECASE,
)
_RELATED = re.compile(
    r"^\W{0,4}(?:(?:the )?latest (?:developments?|news|stories|updates|headlines)|you (?:may|might|could) (?:also )?(?:like|be interested in)|"
    r"(?:related|recommended|suggested|trending|popular|further|more)(?: (?:articles?|stor(?:y|ies)|content|topics?|news|coverage|reading|links?|posts?|videos?|for you|now|from .{2,40}|on this(?: story| topic)?|in .{2,30}|by this author|like this|headlines|to read))?|"
    r"most (?:read|popular|viewed|shared|watched)(?: .{0,25})?|(?:read|see|watch) (?:next|also|this next)|also (?:read|see|on .{2,30})|up next|don['’]t miss|editor['’]?s['’]? (?:picks?|choice)|must[- ]reads?|top stories|what to read next|"
    r"around the web|from around the web|in case you missed it|in (?:other|more) news|explore more|keep reading|key (?:points|takeaways))\W{0,4}$",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"^\W{0,4}(?:also read|read (?:more|also|here|next|our)|see also|see more|watch(?: live| now| here)?|listen(?: here)?|related|more on this|click here|in pictures|in photos|view)\s?[:|>»–—-]",
    re.IGNORECASE,
)
_SHOUTED_POINTER = re.compile(
    r"^\W{0,4}(?:READ MORE|READ ALSO|ALSO READ|SEE ALSO|WATCH|RELATED|LISTEN)\b|^\W{0,4}MORE:"
)
_PROMO = re.compile(
    r"^\W{0,4}(?:sign up|subscribe|register (?:now|for|to|here)|join (?:us|our|thousands|the conversation)|get (?:our|the|all the|breaking|more|your|unlimited)|follow (?:us|our|the latest|.{2,30} on (?:twitter|facebook|x|instagram|telegram|whatsapp))|download (?:our|the)|"
    r"enter your email|your email|by (?:signing|clicking|subscribing|entering|continuing)|thank you for (?:reading|subscribing|signing)|support (?:our|independent|quality)|become a (?:member|subscriber|supporter)|donate|"
    r"stay (?:informed|up to date|connected|tuned)|never miss|want more|like what you|do you have (?:a|any) (?:story|tip|information)|got a (?:story|tip)|(?:to )?contact us|have your say|let us know|join the conversation|unlock|already a subscriber|this article is (?:for|free)|"
    r"our (?:daily|weekly|free|morning|evening) (?:newsletter|briefing))\b",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"\b(?:uses? cookies|accept (?:all )?cookies|cookie (?:policy|settings|preferences)|privacy (?:policy|notice|statement)|terms (?:of (?:use|service)|and conditions)|all rights reserved|unsubscribe at any time|"
    r"may not be (?:published, broadcast|reproduced)|javascript (?:is|must be|to be) (?:disabled|enabled)|enable javascript|your browser (?:does not|doesn['’]t) support|not responsible for the content of external|this site is protected by recaptcha|"
    r"ad ?blocker|copied to your clipboard)\b",
    re.IGNORECASE,
)
CONTRIBUTORS = re.compile(
    r"\bcontribut(?:ed|ing) (?:(?:additional |some |further )?(?:reporting|research|to this (?:report|story|article|piece)))|\bcontribut(?:ed|ing) from [A-Z]\w+\W{0,3}$|^\W{0,3}(?:additional )?reporting (?:and writing )?by [A-Z]|^\W{0,3}(?:compiled|edited|translated|writing|editing|produced) by [A-Z]|"
    r"^\W{0,3}(?:some|certain|additional) (?:material|information|details|footage) (?:for|in|used in) this (?:report|story|article) (?:came|comes|was|were|is)|^\W{0,3}(?:this|the) (?:report|story|article|piece) (?:was )?(?:has been )?(?:originally (?:appeared|published)|originated|(?:was )?(?:first|originally|previously) (?:published|appeared)|was (?:produced|published|provided|translated|adapted|updated|reported|written) (?:by|in|on|to|from|with|under))|"
    r"^\W{0,3}with (?:reporting|additional reporting|files|inputs?|information|material) (?:by|from) |^\W{0,3}(?:an earlier version of )?this (?:story|article) (?:incorrectly|has been corrected|has been updated)|^\W{0,3}\(?(?:with )?inputs? from agenc(?:y|ies)\)?",
    re.IGNORECASE,
)
_PAGE_VOICE = re.compile(
    r"\b(?:we|our|you|your|this (?:site|website|page)|all rights reserved|may not be)\b", re.IGNORECASE
)
_RULE = re.compile(r"^[\W_]+$")
_CODE = re.compile(
    r"(?:function\s?\(|document\.|window\.|\bvar \w+ ?=|\);|=== ?|!important|\{\s*\w+-?\w*\s*:)"
)
_CELLS = re.compile(r"\t| {3,}|\s?\|\s?")


def kind_of(line: str) -> LineKind | None:
    """What the line is, judged alone; None for prose, headlines and whatever is in doubt."""
    text = line.strip()
    if _RULE.match(text):
        return "rule"
    short = len(text) <= 220
    stamp = _stamp(text) if len(text) <= 120 else None
    if stamp or not short:
        return stamp or ("contributors" if _tail_note(text) else None)
    tests: tuple[tuple[LineKind, bool], ...] = (
        ("byline", len(text) <= 120 and bool(_BYLINE.match(text))),
        ("credit", bool(_CREDIT.match(text) or _CREDIT_LABEL.match(text)) and len(text.split()) <= 14),
        ("button", len(text) <= 180 and bool(_BUTTON.match(text))),
        ("related", bool(_RELATED.match(text))),
        ("pointer", bool(_POINTER.match(text) or _SHOUTED_POINTER.match(text)) and len(text.split()) <= 28),
        ("promo", bool(_PROMO.match(text)) and len(text.split()) <= 35),
        ("notice", _is_notice(text)),
        ("contributors", bool(CONTRIBUTORS.search(text))),
        ("code", len(_CODE.findall(text)) >= 2),
        ("table", is_row(text)),
    )
    return next((kind for kind, holds in tests if holds), None)


def _is_notice(text: str) -> bool:
    """A page's own small print. News also tells of privacy policies, hence the page must speak of itself."""
    words = text.split()
    own = len(words) <= 8 or bool(_PAGE_VOICE.search(text))
    return len(words) <= 45 and own and bool(_NOTICE.search(text))


def _stamp(text: str) -> LineKind | None:
    if _TIME_LINE.match(text) or _AGO.match(text) or _READ_TIME.match(text):
        return "stamp"
    for pattern, kind in ((_PUBLISHED, "published"), (_UPDATED, "updated")):
        found = pattern.match(text)
        if found and (_only_date(text[found.end() :]) or _AGO.match(text[found.end() :])):
            return kind  # type: ignore[return-value]
    return "stamp" if _only_date(text) else None


# All that may stand beside a date on its line: weekday, month, time, zone, numbers and a few small words.
_TOKEN = re.compile(r"[^\W_]+")
_BESIDE = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|\d{1,14}(?:st|nd|rd|th|[ap]m)?|\d{1,2}t\d{1,2}|\d{1,4}z|"
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    r"dec(?:ember)?|at|on|local|time|updated|published|last|first|posted|date|modified|of|the|a|p|m|am|pm|t|z|utc|gmt|bst|[a-z]{1,2}st|[a-z]{1,2}dt|et|pt|cet|cest|ist|pkt|eat|sast|sgt|[a-z]{2,4}t",
    re.IGNORECASE,
)


def _only_date(text: str) -> bool:
    """Whether the text is a date, perhaps with a time, and nothing else."""
    if not any(c.isdigit() for c in text) or len(text) > 110:
        return False
    has_date = find_date(text, "day") is not None or find_date(text, "month") is not None
    return (has_date or bool(_TIME_LINE.match(text))) and all(
        _BESIDE.fullmatch(t) for t in _TOKEN.findall(text)
    )


def _tail_note(text: str) -> bool:
    return len(text) <= 500 and bool(CONTRIBUTORS.search(text)) and text.count(". ") <= 2


def is_row(text: str) -> bool:
    """A row of a table: three cells or more, short ones, between tabs, bars or wide gaps."""
    cells = [c for c in _CELLS.split(text.strip(" |\t")) if c]
    return len(cells) >= 3 and sum(len(c.split()) for c in cells) <= 4 * len(cells)


def is_name(line: str) -> bool:
    """A person's or paper's name alone on its line: one to five capitalised words and nothing else."""
    return bool(re.fullmatch(_NAMES, line.strip())) and len(line.split()) <= 5


_PAPER = re.compile(
    r"(?:News|Times|Post|Herald|Tribune|Telegraph|Guardian|Journal|Gazette|Chronicle|Observer|Express|Mail|Today|Press|"
    r"Reuters|AFP|AP|BBC|CNN|VOA|Voice of America|Agency|Daily|Dawn|Monitor|Independent|Standard|Mirror|Star|Sun|Globe|"
    r"Network|Media|Radio|Television|TV|Tasnim|Al Jazeera|Xinhua|Broadcasting Corporation|Online|Newsroom)$"
)


def is_paper(line: str) -> bool:
    """A publisher's name alone on its line."""
    return len(line.split()) <= 5 and is_name(line) and bool(_PAPER.search(line.strip()))
