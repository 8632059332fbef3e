"""What one line of a news page is when it is not prose: byline, stamp, credit, share button, heading, table."""

from __future__ import annotations

import re
from typing import Literal

from casus.intake.dates import find_date
from casus.text import fold

LineKind = Literal[
    "byline", "published", "updated", "stamp", "credit", "button", "related", "pointer", "promo", "notice",
    "rule", "table", "contributors", "code",
]  # fmt: skip


def _any(*phrases: str) -> str:
    """A group that matches any of the phrases, each given as a pattern (or several between bars)."""
    return f"(?:{'|'.join(phrases)})"


def _line(*phrases: str) -> re.Pattern[str]:
    """A whole line that is one of the phrases, whatever marks stand around it."""
    return re.compile(rf"^\W{{0,4}}{_any(*phrases)}\W{{0,4}}$", re.IGNORECASE)


def _opening(*phrases: str) -> re.Pattern[str]:
    """A line that opens with one of the phrases."""
    return re.compile(rf"^\W{{0,4}}{_any(*phrases)}", re.IGNORECASE)


AGENCIES = (
    "AP|Associated Press|The Associated Press|AFP|Agence France-Presse|Reuters|REUTERS|Getty|Getty Images|"
    "EPA|EPA-EFE|EFE|UPI|VOA|RFE/RL|RFERL|BBC|CNN|Al Jazeera|DPA|dpa|PA|PA Media|Xinhua|TASS|Anadolu|"
    "Anadolu Agency|AA|IRNA|SANA|ANI|PTI|Shutterstock|iStock|Alamy|Bloomberg|NurPhoto|ZUMA|Sputnik|Kyodo|"
    "Yonhap|WAM|SPA|APP|UN Photo|Planet Labs|Maxar|Handout|Supplied|Social media|Twitter|Facebook|Telegram|File"
)
_NAME = r"[^\W\d_a-z][\w.'’-]*"
_NAMES = rf"{_NAME}(?:\s(?:al-|de |von |van |bin |el-)?{_NAME}){{0,4}}"
_TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[ap]\.?m\.?)?|\d{1,2}\s?[ap]\.?m\.?"
_ZONE = r"(?:\s?\(?(?:[A-Z]{2,5}|UTC[+-]\d{1,2}|GMT[+-]\d{1,2}|local time)\)?)?"

_PUBLISHED = _opening(
    r"(?:first\s)?(?:published|posted|publish(?:ing)? date|date|issued|released)(?:\s(?:on|at))?\s?[:|-]?\s"
)
_UPDATED = _opening(r"(?:last\s)?(?:updated?|modified|edited|corrected)(?:\s(?:on|at))?\s?[:|-]?\s")
_BYLINE = re.compile(
    rf"^(?:(?:Story|Written|Reported|Words|Analysis|Opinion|Report)\s)?[Bb][Yy]:?\s{_NAMES}"
    r"(?:(?:,|\s?\||\sand|\s&|\sin|\sfor|\sof)\s[^.!?]{1,100})?\W{0,2}$"
)
# "Published in The Observer, January 18th, 2024": how the web editions of printed papers close a report.
_PUBLISHED_IN = re.compile(rf"^\W{{0,3}}(?:First p|P)ublished (?:in|by) (?:the )?{_NAMES},?\s(?:on\s)?(?=\S)")
_TIME_LINE = _line(rf"(?:at\s)?(?:{_TIME}){_ZONE}")
_AGO = _line(
    r"(?:about |updated |posted |published )?(?:\d{1,3}|an?|one|two|few) "
    r"(?:sec(?:ond)?|min(?:ute)?|hour|hr|day|week|month)s?\.? ago"
)
_READ_TIME = _line(r"\d{1,3}[ -]?min(?:ute)?s?\.?(?: read(?:ing time)?)?", r"reading time\b.{0,30}")
_READ_TIME_BESIDE = re.compile(
    r"\s{0,3}[|·•,–—-]\s{0,3}\d{1,3}[ -]?min(?:ute)?s?\.?(?: read(?:ing time)?)?$", re.IGNORECASE
)
_CREDIT = re.compile(
    rf"^\W{{0,3}}(?:(?:photo(?:graph)?|image|picture|pic|credit|source|video|copyright|©|via|file|stock)s?"
    rf"(?:\s(?:credit|source|by|courtesy|copyright))?(?:\sof)?\s?[:/©|-]?\s?)?"
    rf"(?:{_NAMES}\s?(?:/|\||via|for|,)\s?)?(?:{AGENCIES})"
    r"(?:\s?(?:/|\||via|,)\s?[^.!?]{1,60}|\s(?:Photo|Images?|File|Pool)(?:/[^.!?]{1,60})?)?\W{0,3}$"
)
_CREDIT_LABEL = re.compile(
    r"^\W{0,3}(?:photo|image|picture|video)s?(?:\scredit|\ssource|\sby|\scourtesy of)?\s?[:©]\s?[^.!?]{2,60}$|"
    r"^©.{2,80}$|^(?:photo|image) courtesy .{2,60}$",
    re.IGNORECASE,
)
_BUTTON = _line(
    r"share(?: (?:this|on|via|with|article|story|page|post|facebook|twitter|x|whatsapp|email|link)\b.{0,40})?",
    r"tweet|retweet|pin(?:terest)?|(?:copy|copied)(?: (?:this |the )?(?:link|url)).{0,30}|bookmark",
    r"e-?mail(?: this.{0,20})?|print(?: this.{0,20})?|save(?: (?:this|article|for later).{0,20})?",
    r"facebook|twitter|x|whatsapp|telegram|linkedin|reddit|messenger|youtube|instagram|follow(?: us)?(?: on .{0,40})?",
    r"comments?(?: \(\d+\))?|\d+ (?:comments?|shares?|likes?|views?)|like us on .{0,40}",
    r"(?:view|show|see|leave|post|add)(?: all| a)? comments?.{0,20}",
    r"listen(?: to (?:this )?(?:article|story).{0,40})?|play(?: video| audio)?|pause|mute|close|menu|search|home",
    r"skip to (?:main )?content|sign in|log in|register|subscribe(?: now)?",
    r"advertisement|ads?|sponsored(?: content)?|promoted|load more|show more|continue reading|back to top",
    r"read (?:more|full (?:article|story)|on)|(?:click|tap) (?:here|to) .{0,60}",
    r"previous|next|next article|previous article|view gallery|gallery|image \d+ of \d+|\d+ ?/ ?\d+",
    r"(?:tags?|topics?|keywords|categor(?:y|ies)):.{0,160}|filed under:?.{0,160}",
    r"exclusive|breaking(?: news)?|live|watch live|video|audio|photos?|loading\W*|embed|embed share",
    r"story continues below.{0,20}|article continues.{0,30}|reuse this content|more to follow",
    r"our standards:.{2,80}|ends?",
    r"no media source currently available|pop-?out player|direct link|download(?: audio)?",
)
_RELATED = _line(
    r"(?:the )?latest (?:developments?|news|stories|updates|headlines)",
    r"you (?:may|might|could) (?:also )?(?:like|be interested in)",
    r"(?:related|recommended|suggested|trending|popular|further|more)(?: (?:articles?|stor(?:y|ies)|content|topics?|"
    r"news|coverage|reading|links?|posts?|videos?|for you|now|from .{2,40}|on this(?: story| topic)?|in .{2,30}|"
    r"by this author|like this|headlines|to read))?",
    r"most (?:read|popular|viewed|shared|watched)(?: .{0,25})?|(?:read|see|watch) (?:next|also|this next)",
    r"also (?:read|see|on .{2,30})|up next|don['’]t miss|editor['’]?s['’]? (?:picks?|choice)|must[- ]reads?",
    r"top stories|what to read next|(?:from )?around the web|in case you missed it|in (?:other|more) news",
    r"explore more|keep reading|key (?:points|takeaways)",
)
_POINTER = _opening(
    r"(?:also read|read (?:more|also|here|next|our)|see also|see more|watch(?: live| now| here)?|listen(?: here)?|"
    r"related|more on this|click here|in pictures|in photos|view)\s?[:|>»–—-]"
)
_SHOUTED_POINTER = re.compile(r"^\W{0,4}(?:(?:READ MORE|READ ALSO|ALSO READ|SEE ALSO|WATCH|RELATED|LISTEN)\b|MORE:)")
_PROMO = _opening(
    r"(?:sign up|subscribe|register (?:now|for|to|here)|join (?:us|our|thousands|the conversation))\b",
    r"get (?:our|the latest|all the|breaking|your|unlimited)\b|follow (?:us|our|the latest)\b",
    r"follow .{2,30} on (?:twitter|facebook|x|instagram|telegram|whatsapp)\b|download (?:our|the app)\b",
    r"enter your email|your email|by (?:signing up|clicking|subscribing|entering your|continuing to use)\b",
    r"thank you for (?:reading|subscribing|signing)|support (?:our|independent journalism|quality journalism)\b",
    r"become a (?:member|subscriber|supporter)|donate (?:now|to us|today)|stay (?:informed|up to date|tuned)\b",
    r"never miss|want more|like what you|do you have (?:a|any) (?:story|tip|information)|got a (?:story|tip)",
    r"(?:to )?contact us|have your say|let us know|already a subscriber|this article is (?:for subscribers|free)",
    r"our (?:daily|weekly|free|morning|evening) (?:newsletter|briefing)\b",
)
_NOTICE = re.compile(
    r"\b"
    + _any(
        r"uses? cookies|accept (?:all )?cookies|cookie (?:policy|settings|preferences)|all rights reserved",
        r"privacy (?:policy|notice|statement)|terms (?:of (?:use|service)|and conditions)",
        r"unsubscribe at any time|may not be (?:published, broadcast|reproduced|redistributed)|ad ?blocker",
        r"javascript (?:is|must be|to be) (?:disabled|enabled)|enable javascript",
        r"your browser (?:does not|doesn['’]t) support|not responsible for the content of external",
        r"this site is protected by recaptcha|copied to your clipboard",
    )
    + r"\b",
    re.IGNORECASE,
)
_PAGE_VOICE = re.compile(
    r"\b(?:we|our|you|your|this (?:site|website|page)|all rights reserved|may not be)\b", re.IGNORECASE
)
_TEXT = r"(?:report|story|article|piece)"
CONTRIBUTORS = re.compile(
    _any(
        r"\bcontribut(?:ed|ing) (?:(?:additional |some |further )?(?:reporting|research)\b|to this " + _TEXT + ")",
        r"\bcontribut(?:ed|ing) from [A-Z]\w+\W{0,3}$",
        r"^\W{0,3}(?:additional )?reporting (?:and writing )?by [A-Z]",
        r"^\W{0,3}(?:compiled|edited|translated|writing|editing|produced) by [A-Z]",
        r"^\W{0,3}(?:some|certain|additional) (?:material|information|details|footage) (?:for|in|used in) this "
        + _TEXT,
        r"^\W{0,3}(?:this|the) " + _TEXT + r" (?:was )?(?:has been )?(?:originally (?:appeared|published)|originated|"
        r"(?:first|previously) (?:published|appeared))",
        r"^\W{0,3}this " + _TEXT + r" (?:was (?:produced|published|provided|translated|adapted|updated|written) "
        r"(?:by|in|on|to|from|with|under)|incorrectly|has been corrected|has been updated)",
        r"^\W{0,3}an earlier version of this " + _TEXT,
        r"^\W{0,3}with (?:additional )?(?:reporting|files|inputs?|information|material) (?:by|from) ",
        r"^\W{0,3}\(?inputs? from agenc(?:y|ies)\)?",
    ),
    re.IGNORECASE,
)
_RULE = re.compile(r"^[\W_]+$")
_CODE = re.compile(r"function\s?\(|document\.|window\.|\bvar \w{1,30} ?=|\);|=== ?|!important|\{\s?[\w-]{1,30}\s?:")
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
    text = _READ_TIME_BESIDE.sub("", text) or text
    if _TIME_LINE.match(text) or _AGO.match(text) or _READ_TIME.match(text):
        return "stamp"
    for pattern, kind in ((_PUBLISHED, "published"), (_UPDATED, "updated")):
        found = pattern.match(text)
        if found and (_only_date(text[found.end() :]) or _AGO.match(text[found.end() :])):
            return kind  # type: ignore[return-value]
    printed = _PUBLISHED_IN.match(text)
    if printed and _only_date(text[printed.end() :]):
        return "published"
    return "stamp" if _only_date(text) else None


# All that may stand beside a date on its line: weekday, month, time, zone, numbers and a few small words.
_TOKEN = re.compile(r"[^\W_]+")
_BESIDE = re.compile(
    _any(
        r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?",
        r"\d{1,14}(?:st|nd|rd|th|[ap]m)?|\d{1,2}t\d{1,2}|\d{1,4}z",
        r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?",
        r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|at|on|local|time|updated|published|last|first|posted|date",
        r"modified|of|the|a|p|m|am|pm|t|z|utc|gmt|[a-z]{1,2}[sd]t|et|pt|cet|cest|pkt|eat|wat|cat|[as]ast",
    ),
    re.IGNORECASE,
)


def _only_date(text: str) -> bool:
    """Whether the text is a date, perhaps with a time, and nothing else."""
    if not any(c.isdigit() for c in text) or len(text) > 110:
        return False
    has_date = find_date(text, "day") is not None or find_date(text, "month") is not None
    return (has_date or bool(_TIME_LINE.match(text))) and all(_BESIDE.fullmatch(t) for t in _TOKEN.findall(text))


def _tail_note(text: str) -> bool:
    return len(text) <= 500 and bool(CONTRIBUTORS.search(text)) and text.count(". ") <= 2


def is_row(text: str) -> bool:
    """A row of a table: three cells or more, short ones, between tabs, bars or wide gaps."""
    cells = [c for c in _CELLS.split(text.strip(" |\t")) if c]
    return len(cells) >= 3 and sum(len(c.split()) for c in cells) <= 4 * len(cells)


def is_name(line: str) -> bool:
    """A person's or paper's name alone on its line: one to five capitalised words and nothing else."""
    return bool(re.fullmatch(_NAMES, line.strip())) and len(line.split()) <= 5


_PAPER_ALWAYS = (
    r"News|Times|Post|Herald|Tribune|Telegraph|Guardian|Journal|Gazette|Chronicle|Observer|Express|Mail|Today|"
    r"Press|Reuters|AFP|AP|BBC|CNN|VOA|Voice of America|Agency|Daily|Dawn|Monitor|Independent|Standard|Mirror|"
    r"Star|Sun|Globe|Network|Media|Radio|Television|TV|Tasnim|Al Jazeera|Xinhua|Broadcasting Corporation|Online|"
    r"Newsroom|Courier|Inquirer|Broadcasting"
)
_PAPER = re.compile(rf"(?:{_PAPER_ALWAYS})$")
# Words that papers' names end with, and headlines too: names only where the line's place speaks for it.
_PAPER_BESIDE = re.compile(
    rf"(?:{_PAPER_ALWAYS}|Wire|Bulletin|Review|Register|Dispatch|Record|Echo|Argus|Sentinel|Examiner|"
    r"Advertiser|Reporter|Leader|Nation|Mercury|Weekly|Magazine|Ledger|Digest|Messenger|Advocate|Service)$"
)


def is_paper(line: str, *, beside: bool = False) -> bool:
    """A publisher's name alone on its line; `beside` a stamp or byline, more words count as ends of names."""
    pattern = _PAPER_BESIDE if beside else _PAPER
    return len(line.split()) <= 5 and is_name(line) and bool(pattern.search(line.strip()))


# Small words inside names of places, papers and desks.
_SMALL = frozenset(
    {"&", "and", "of", "the", "de", "du", "al", "el", "desk", "staff", "reporter", "correspondent", "online"}
)
_NOT_BESIDE_A_DATE = re.compile(
    r"\b(?:photo|file|image|picture|credit|video|since|until|from|between|attacks?)\b", re.IGNORECASE
)
_BETWEEN = re.compile(r"\s?[|·•,;()]\s?|\s[-–—/:]\s|\s?[–—]\s?|:\s")
_TIME_ZONE = re.compile(rf"(?:{_TIME})\s?(?:\(?(?:[A-Z]{{2,5}}|local time)\)?(?:[+-]\d{{1,2}}(?::?\d\d)?)?)?(?=\W|$)")


def is_date_line(line: str, *, words: int = 6) -> bool:
    """A full date with a place, paper or desk beside it, a time, a zone or a reading time, and nothing else.

    At most `words` words may be neither date nor time. Only to be asked near the head of a page: "Kabul, 3 May 2021"
    may as well end a caption elsewhere.
    """
    text = _READ_TIME_BESIDE.sub("", line.strip())
    if len(text) > 140 or _NOT_BESIDE_A_DATE.search(text):
        return False
    if find_date(text, "day") is None and find_date(text, "month") is None:
        return False
    others = 0
    for cell in _BETWEEN.split(_TIME_ZONE.sub(" ", text)):
        tokens = cell.split()
        while tokens and (tokens[0].isupper() and tokens[0].isalpha() and len(tokens[0]) > 2):
            # "QUETTA Jan 18": a place in capitals needs no comma
            others += 1
            tokens = tokens[1:]
        rest = [t for t in tokens if not all(_BESIDE.fullmatch(w) for w in _TOKEN.findall(t))]
        names = all(t[0].isupper() or t.lower().strip(".'’") in _SMALL for t in tokens)
        if rest and (any(c.isdigit() for c in cell) or not names):
            return False
        others += len(tokens) if rest else 0
    return others <= words


_AFTER_DATELINE = re.compile(r"—|–|--|-(?=\s)|:(?=\s)|\)(?=\s)")


def opening_date(paragraph: str) -> str | None:
    """The dateline that opens a paragraph, where a full date stands in it ("GENEVA, 3 May 2021 (Wire) - ...")."""
    # four marks within 110 characters: place - country - date (agency) -
    for match in list(_AFTER_DATELINE.finditer(paragraph[:110]))[:4]:
        head = paragraph[: match.start()].strip(" (")
        if is_date_line(head):
            return head
    return None


_SMALL_TITLE = r"(?:of|the|for|and|to|on|in|de|&)"
_OFFICE = re.compile(
    r"^(?:the\s)?(?:(?:[A-Z][\w.'’-]*\s){0,3}(?:ministry|department|directorate|embassy|consulate|secretariat|command|"
    r"headquarters|mission|government|republic|kingdom|state|presidency|office|bureau|division)"
    rf"(?:\s(?:{_SMALL_TITLE}\s){{0,3}}[A-Z][\w.'’-]*){{1,8}}|(?:[A-Z][\w.'’-]*\s){{1,4}}(?:ministry|department|embassy))$",
    re.IGNORECASE,
)


def is_letterhead(line: str) -> bool:
    """An office's name alone on its line, as a ministry's paper has it above a statement."""
    text = line.strip()
    tokens = text.split()
    capital = all(t[0].isupper() or re.fullmatch(_SMALL_TITLE, t) for t in tokens)
    return 2 <= len(tokens) <= 10 and capital and bool(_OFFICE.match(text))


_DESK = re.compile(
    r"^\W{0,2}(?:(?:by|from)\s(?:(?:our|the|an?)\s)?(?:[\w'’&-]+\s){0,3}?|our\s(?:[\w'’-]+\s){0,3}?|"
    r"(?:staff|web|special|senior|chief|news|city|foreign|world|national|political|diplomatic|defen[cs]e|monitoring|"
    r"international|sports?|science|business|health|transport|border|online|digital)\s(?:\w+\s)?)"
    r"(?:desk|correspondents?|reporters?|staff|writers?|newsroom|bureau|agencies|editor|news (?:services?|agencies)|"
    r"services?|wires?|report)\W{0,2}$",
    re.IGNORECASE,
)
_SERVICE_OF = re.compile(
    r"^[^.!?]{2,50},?\s(?:an?|the)\s(?:\w+\s)?(?:service|project|publication|programme|section|part) of (?:the )?"
    r"[A-Z][^.!?]{2,50}$"
)


def is_desk(line: str) -> bool:
    """Who wrote it, without a name ("Staff reporter", "From our news services"), or which service of a paper."""
    return len(line.split()) <= 12 and bool((_DESK.match(line) and len(line.split()) <= 6) or _SERVICE_OF.match(line))


_SECTION = frozenset({
    "news", "world", "politics", "asia", "africa", "europe", "middle east", "americas", "us", "uk", "us news",
    "uk news", "world news", "south asia", "international", "opinion", "business", "analysis", "top news",
    "latest news", "breaking news", "breaking", "exclusive", "live", "video", "conflict", "security", "defence",
    "defense", "war", "national", "local", "home", "latest", "top story", "top stories", "explainer", "feature",
    "features", "report", "press release", "crime", "law", "society", "middle east and africa", "news in brief",
    "in brief", "briefs", "arts", "obituaries", "obituary", "sport", "sports", "science", "health", "culture",
    "economy", "markets", "technology", "environment", "climate", "education", "travel", "lifestyle", "comment",
    "editorial", "editorials", "letters", "news online", "media release", "press statement", "news release",
    "for immediate release", "latin america", "central asia", "east asia", "north america", "global", "regional",
    "courts", "justice", "diplomacy", "military", "elections", "human rights",
})  # fmt: skip
_CRUMB = re.compile(r"\s?[>»›→]\s?|\s[/|·•–—-]\s|\s?[|·•]\s?")


def is_section(line: str) -> bool:
    """A section of the site, or the trail to it ("Courier > World > Asia", "Arts / Obituaries")."""
    text = line.strip(" :>|/[]")
    if fold(text) in _SECTION:
        return True
    cells = [c for c in _CRUMB.split(text) if c]
    if len(cells) < 2 or any(len(c.split()) > 4 for c in cells):
        return False
    if len(cells) > 2 and len(re.findall(r"[>»›→]", text)) == len(cells) - 1:
        return True
    sections = [c for c in cells if fold(c) in _SECTION]
    others = [c for c in cells if fold(c) not in _SECTION]
    return bool(sections) and all(is_paper(c, beside=True) or (is_name(c) and len(c.split()) <= 2) for c in others)


def paper_in(line: str) -> str | None:
    """The publisher's name in a line of several parts (a trail, a date line, "a service of ..."), or None."""
    service = re.search(r"\bof (?:the )?([A-Z][^,.]{2,50})$", line.strip())
    cells = [*(_CRUMB.split(line.strip())), *(line.strip().split(", ")), *([service[1]] if service else [])]
    return next((c for c in cells if len(c.split()) >= 2 and is_paper(c, beside=True)), None)
