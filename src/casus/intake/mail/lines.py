"""The lines of a mail, of plain text or HTML alike, on their way to a report: words, depth of quoting, links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from casus.errors import TooLargeError
from casus.intake.plaintext.lines import kind_of
from casus.intake.plaintext.paragraphs import ENDS_PROSE, NEWLINE

# A line of so many words that ends like a sentence is prose and no link, label or address; as in `plain`.
PROSE_WORDS = 12
_QUOTE = re.compile(r"(?:>[ \t]?){1,50}")
_SIGNATURE = re.compile(r"--[ \t]?\Z")
# Signs without width, which newsletters put in hundreds behind their preview text, and soft hyphens
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]+")
# The longest pieces have some 3,000 lines of 70 characters; a mail of more than ten times as many is a log or a list.
MAX_LINES = 30_000
# How text parts write links and pictures: behind the words, in brackets.
_BRACKETED = re.compile(
    r"\s?[<(\[]\s?(?:https?://|mailto:)[^\s<>()\[\]]{1,3000}\s?[>)\]]|\[(?:image|cid|logo)\b[^\[\]]{0,200}\]"
)
_URL = re.compile(r"https?://[^\s<>\"'\])]{4,2000}")
_ONLY_URLS = re.compile(r"\W{0,4}(?:\[\d{1,3}\]:?\s)?(?:[^\W\d_][\w ]{0,30}:\s)?https?://\S+\W{0,4}")
_PGP_START = re.compile(r"-----BEGIN PGP SIGNED MESSAGE-----\s{0,10}(?:Hash:[^\n]{0,100}\s{1,10})?")
_PGP_SEAL, _PGP_END = "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----"


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or a block of HTML between two line breaks.

    `quote` is how often it is quoted, `heading` 1 to 6 for one of HTML, `gap` that a blank line or the edge of a block
    stands above it, `links` where it leads, `linked` that nearly all its words are a link, `aside` that its element is
    called a footer or the like.
    """

    text: str
    quote: int = 0
    heading: int = 0
    gap: bool = False
    links: tuple[str, ...] = ()
    linked: bool = False
    caption: bool = False
    aside: bool = False


def tidy(text: str) -> str:
    """Words on one line with single blanks, without signs that nobody sees."""
    return " ".join(_CONTROLS.sub(" ", _INVISIBLE.sub("", text)).split())


def is_prose(line: Line) -> bool:
    """Whether it is a sentence of a report, as far as the line alone can tell."""
    words = len(line.text.split())
    return (
        words >= PROSE_WORDS and bool(ENDS_PROSE.search(line.text)) and not line.linked and kind_of(line.text) is None
    )


def prose_words(lines: Sequence[Line]) -> int:
    """How many words stand in sentences."""
    return sum(len(line.text.split()) for line in lines if is_prose(line))


def text_of(lines: Sequence[Line]) -> str:
    """The lines as a text, a blank line where a gap is."""
    return "".join(f"{'' if n == 0 else chr(10) * (1 + line.gap)}{line.text}" for n, line in enumerate(lines))


def check_lines(number: int) -> None:
    """Raises TooLargeError where there are more lines than a report has."""
    if number > MAX_LINES:
        raise TooLargeError(f"a text of {number:,} lines is no report; one may have {MAX_LINES:,}")


def plain_lines(text: str, *, flowed: bool = False, delete_space: bool = False) -> list[Line]:
    """The lines of a part of plain text; `flowed` and `delete_space` are its format by RFC 3676.

    Raises TooLargeError.
    """
    check_lines(len(NEWLINE.findall(text)))
    text = _unsigned(text) if _PGP_SEAL in text else text
    found: list[Line] = []
    gap = False
    quoted = _flowed(text, delete_space=delete_space) if flowed else _quoted(text)
    for quote, words in quoted:
        links = tuple(link.rstrip(".,;:!?") for link in _URL.findall(words)[:20]) if "http" in words else ()
        bare = tidy(_BRACKETED.sub("", words))
        if not bare:
            gap = True
            # a link alone on its line belongs to the words above
            if links and found:
                found[-1] = replace(found[-1], links=(*found[-1].links, *links))
            continue
        only = bool(links) and bool(_ONLY_URLS.fullmatch(bare))
        found.append(Line(bare, quote, gap=gap, links=links, linked=only))
        gap = False
    return found


def _unsigned(text: str) -> str:
    """A text without the signature around it."""
    head, _, seal = _PGP_START.sub("\n", text, count=1).partition(_PGP_SEAL)
    return f"{head}\n{seal.partition(_PGP_END)[2]}"


def _quoted(text: str) -> Iterator[tuple[int, str]]:
    """Each line, how often it is quoted, and what is quoted."""
    for line in NEWLINE.split(text):
        mark = _QUOTE.match(line)
        yield (mark[0].count(">"), line[mark.end() :]) if mark else (0, line)


def _flowed(text: str, *, delete_space: bool) -> Iterator[tuple[int, str]]:
    """Each paragraph of a text whose lines end with a blank where they go on (RFC 3676)."""
    held: list[str] = []
    depth = 0
    for line in NEWLINE.split(text):
        quote = len(line) - len(line.lstrip(">"))
        words = line[quote:].removeprefix(" ")
        if held and (quote != depth or _SIGNATURE.match(words)):
            yield depth, "".join(held)
            held.clear()
        depth = quote
        if words.endswith(" ") and not _SIGNATURE.match(words):
            held.append(words[:-1] if delete_space else words)
            continue
        yield depth, "".join([*held, words])
        held.clear()
    if held:
        yield depth, "".join(held)
