"""What stands in a mail and is not its report: preview text, footers, buttons, signatures, links to share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from casus.intake.mail.lines import Line, is_prose


def _pattern(*phrases: str, whole: bool = False) -> re.Pattern[str]:
    """Any of the phrases, wherever or as a whole line; MAIL stands for what a mail calls itself."""
    any_of = f"(?:{'|'.join(phrases)})".replace("MAIL", _MAIL)
    return re.compile(rf"^\W{{0,4}}{any_of}\W{{0,6}}$" if whole else any_of, re.IGNORECASE)


_MAIL = r"(?:e-?mails?|messages?|newsletters?|mailings?|briefings?|updates?|digests?|alerts?|posts?)"
# Where the footer of a newsletter begins: the mail speaks of itself and of why it came.
_FOOT = _pattern(
    r"\bunsubscribe\b|\bopt[- ]out of (?:receiving|these|this|our|future|all)\b",
    r"\byou(?:['’]re| are|['’]ve| have)? (?:currently )?(?:receiv\w+|get(?:ting)?|got) (?:this|our|these)"
    r" (?:\w+ ){0,3}MAIL\b",
    r"\byou(?:['’]re| are) (?:currently )?(?:subscribed|on (?:this|our) (?:mailing )?list)\b",
    r"\bthis MAIL (?:was|has been|is) (?:sent|delivered|intended|addressed) (?:to|for|by|from)\b",
    r"\b(?:no longer|don['’]t|do not) (?:want|wish) to (?:receive|get) (?:(?:these|this|our|such) )?(?:\w+ )?MAIL\b",
    r"\b(?:manage|update|change|edit) (?:your |my )?(?:e-?mail )?(?:preferences|subscriptions?|settings|profile)\b",
    r"\b(?:e-?mail|subscription) preferences\b",
    r"^(?:our |the )?(?:mailing|postal) address(?: is)?\W|^©|^copyright (?:©|\(c\)|\d{4})|^\(c\) ?\d{4}",
    r"^(?:sent|delivered|powered|brought to you) (?:by|via|with|using) (?:mailchimp|substack|ghost|sendgrid"
    r"|buttondown)\b",
    r"^(?:sent|delivered|powered) (?:by|via|with|using) (?:beehiiv|google groups|constant contact|brevo|hubspot"
    r"|listmonk)\b",
    r"\bmailing list\W{0,3}$|\bto post to this (?:group|list)\b|/mailman/|groups\.google\.com/",
    r"\b(?:this|the) MAIL(?: message)?(?: and (?:any|all|its) (?:\w+ )?attachments?)? (?:is|are|may be|may"
    r" contain|contains?)"
    r"\b.{0,60}\b(?:confidential|privileged|intended|solely)\b",
    r"^(?:confidentiality notice|disclaimer|legal notice)\b",
    r"^add (?:us|\S+@\S+) to your (?:address ?book|contacts|safe)",
)
# Lines anywhere in a mail that are for its reader and not of its report.
_BUTTON = _pattern(
    r"(?:view|see|open|read) (?:(?:this|the|our) )?(?:MAIL )?(?:in|on|with) (?:(?:your|a|the|my) )?(?:web"
    r" ?)?(?:browser|web)\b.{0,60}",
    r"(?:view|see|open|read) (?:(?:it|this|the) )?(?:(?:MAIL|version|edition|article|story) )?online\b.{0,60}",
    r"(?:view|see|open|read) (?:it |this |the )?(?:(?:MAIL|article|story) )?(?:on|in) (?:the|our) (?:web ?site"
    r"|app|page)\b.{0,60}",
    r"view (?:this|the) MAIL(?: as a web ?page)?|(?:web|online|browser) (?:version|view)|view (?:online|web"
    r" version|as web ?page)",
    r"to view this MAIL (?:as|in)\b.{0,80}|is this MAIL .{2,40}\?.{0,60}",
    r"(?:having )?(?:trouble|problems?|can.?t|cannot|unable to) (?:viewing|reading|seeing|view|see|read"
    r"|display\w*) this\b.{0,90}",
    r"(?:images?|pictures?) not (?:displaying|showing|loading)\b.{0,60}|image removed by sender.{0,60}|(?:image"
    r"|logo|photo)",
    r"(?:was this|were you|did someone|someone) (?:MAIL )?forward\w*\b.{0,100}|forward (?:this|to)\b.{0,50}",
    r"forwarded this MAIL\?.{0,80}|(?:read|open|view) in (?:the |our )?app|preview|leave a comment",
    r"(?:share|tweet|forward|like|comment|restack|post)(?: (?:this|on|via)\b.{0,50})?",
    r"(?:read|see|get|view|continue|find out) (?:more|(?:the )?(?:full|whole|rest|entire)\b.{0,40}|reading|it"
    r" here|here)\b.{0,60}",
    r"click here\b.{0,60}|(?:subscribe|sign up|upgrade to|donate (?:now|today|here|to)|refer a friend|give a"
    r" gift)\b.{0,80}",
    r"(?:become a (?:member|subscriber|supporter)|join (?:us|our|now|the conversation))\b.{0,80}",
    r"(?:follow|find|like|join|connect with|visit|contact) (?:us|me)(?: on| at)?\b.{0,80}",
    r"about us|home|terms(?: (?:of|and|&) .{2,30})?|privacy(?: .{2,20})?|help|faqs?|contact|archives?|website"
    r"|listen|watch",
    r"sent from (?:my|a|the) .{2,40}|get outlook for .{2,30}|sent (?:with|via|using) .{2,40}",
    r"external (?:e-?mail|sender|message)\b.{0,150}|caution: ?(?:this|external)\b.{0,200}",
    r"you don['’]t often get e-?mail from\b.{0,200}",
    r"this (?:message|e-?mail) (?:came|originated|was sent) from outside\b.{0,200}",
    whole=True,
)
_APPEAL = _pattern(
    r"\b(?:reader|listener|member|donor)[- ](?:supported|funded)\b",
    r"\b(?:becom(?:e|ing)|upgrad(?:e|ing) to) an? (?:free or |free and )?(?:paid |paying |full )?(?:subscriber"
    r"|member|supporter)\b",
    r"\bto (?:receive|get) (?:new|all|future|our) (?:posts|issues|stories|articles)\b|\bsupport (?:my|our|this)"
    r" (?:work|journalism)\b",
)
# What a mail says to its reader reports nobody's words.
_REPORTED = re.compile(r"\b(?:said|told|according to|reported|announced|says|warned)\b|[“”]")
_NETWORK = re.compile(
    r"facebook|twitter|x|instagram|linked ?in|youtube|telegram|whatsapp|tik ?tok|threads|bluesky|mastodon|rss|reddit|"
    r"pinterest|flickr|web ?site|e-?mail|spotify|apple podcasts?|signal|medium|discord|web|visit us|like"
    r"|comment|restack|"
    r"share|tweet|forward|print|save|listen|watch|preview|read in app|(?:un)?subscribe|archive|home|about"
    r"|contact|privacy",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s?[|·•/,]\s?|\s{2,}|\s-\s")
_SIGNATURE = re.compile(r"--")
_LIST_RULE = re.compile(r"_{20,}|-{40,}|={40,}|~{20,}")
_VIEW = re.compile(
    r"\b(?:(?:view|see|open|read)\b.{0,40}\b(?:browser|online|web ?page|on the web)|(?:web|online|browser) version|"
    r"(?:having )?trouble (?:viewing|reading)|read online|view online|view (?:it )?(?:on|as) (?:the |a )?web)",
    re.IGNORECASE,
)
# A footer may hold a sentence or two on who sends it; what has more words after it is no footer.
_FOOT_WORDS = 60
# The longest lines of furniture are notes on confidentiality, of some 60 words.
_FOOT_CHARS = 500


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`body` is all above the footer, `lines` what of it is the report, `dropped` how many other lines there were, and
    `bulk` that they say that the mail goes to a list."""

    body: list[Line]
    lines: list[Line]
    dropped: int
    bulk: bool


def cleaned(lines: Sequence[Line]) -> Cleaned:
    """A mail's lines without its furniture."""
    bulk = any(map(_speaks_of_itself, lines))
    body = list(lines[: _foot(lines)])
    kept = [line for line in body if not is_furniture(line)]
    return Cleaned(body, kept, len(lines) - len(kept), bulk)


def is_furniture(line: Line) -> bool:
    """Whether a line alone is for the reader of the mail: a button, a network's name, why it came."""
    text = line.text
    if len(text) > _FOOT_CHARS:
        return False
    words = len(text.split())
    if _speaks_of_itself(line) or (_APPEAL.search(text) and not _REPORTED.search(text)):
        return True
    if words <= 30 and _BUTTON.match(text) and not (line.heading and words > 3):
        return not is_prose(line) or bool(line.links)
    cells = [cell for cell in _BETWEEN.split(text.strip(" |·•[]")) if cell]
    if cells and all(_NETWORK.fullmatch(cell) for cell in cells):
        return True
    if line.linked and (text.startswith("http") or (words <= 4 and not line.heading and len(cells) > 1)):
        return True
    return line.aside and not is_prose(line)


def _speaks_of_itself(line: Line) -> bool:
    """Whether the mail says in it what it is and why it came."""
    if len(line.text) > _FOOT_CHARS or not _FOOT.search(line.text):
        return False
    return not (_REPORTED.search(line.text) and is_prose(line))


def _foot(lines: Sequence[Line]) -> int:
    """Where the footer begins: no report stands below it, or no more of one than a sender tells of itself."""
    words = [_words(line) for line in lines]
    below, above = sum(words), 0
    for n, line in enumerate(lines):
        starts = _speaks_of_itself(line)
        sign = bool(_SIGNATURE.fullmatch(line.text)) or bool(_LIST_RULE.fullmatch(line.text) and _list_below(lines, n))
        below -= words[n]
        if (starts or sign) and below <= _FOOT_WORDS and below <= above:
            return n
        above += words[n]
    return len(lines)


def _words(line: Line) -> int:
    """The words of a line that could be a report's."""
    return len(line.text.split()) if is_prose(line) and not is_furniture(line) else 0


def _list_below(lines: Sequence[Line], n: int) -> bool:
    """Whether a mailing list's footer follows a rule."""
    return any(_FOOT.search(line.text) for line in lines[n + 1 : n + 4])


def view_link(lines: Sequence[Line]) -> str | None:
    """Where the mail can be read in a browser, as it says itself; None where it does not."""
    for n, line in enumerate(lines):
        if len(line.text.split()) <= 25 and _VIEW.search(line.text):
            below = lines[n + 1 : n + 2] if not line.links else ()
            links = [*line.links, *(link for near in below if near.linked for link in near.links)]
            if found := next((link for link in links if re.match(r"https?://\S+\Z", link)), None):
                return found
    return None
