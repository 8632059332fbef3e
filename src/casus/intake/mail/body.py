"""Which parts of a mail are its text, which lie beside it, and what kind of mail is no report at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from casus.errors import EmptyError, FormatError, IntakeError
from casus.intake.encoding import decode
from casus.intake.formats import check_size
from casus.intake.mail.furniture import cleaned
from casus.intake.mail.html import html_lines
from casus.intake.mail.lines import Line, plain_lines
from casus.intake.mail.mime import Part

_TEXT = re.compile(r"\.(?:txt|text|md|html?|xhtml)\Z", re.IGNORECASE)
_AUTOMATIC = re.compile(
    r"(?:automatic (?:reply|response)|auto(?:mated|matische)?[- ]?(?:reply|response|antwort)|"
    r"out[- ]of[- ](?:the[- ])?office|"
    r"(?:i am|i['’]m) (?:away|on leave)|on (?:annual|vacation|holiday) leave|vacation (?:reply|response))\b",
    re.IGNORECASE,
)
_BOUNCED = re.compile(
    r"(?:undeliver(?:able|ed)|delivery status notification|mail delivery (?:failed|failure|subsystem)|returned mail|"
    r"delivery (?:failure|has failed)|failure notice|non-?delivery|message (?:not delivered|could not be delivered))\b",
    re.IGNORECASE,
)
_PGP = re.compile(r"\s{0,50}-----BEGIN PGP MESSAGE-----")


@dataclass(slots=True)
class Contents:
    """The text of a mail in order, each piece as HTML, plain text or both, and what lies beside it."""

    pieces: list[Piece] = field(default_factory=list)
    beside: list[Part] = field(default_factory=list)
    calendar: bool = False


@dataclass(slots=True)
class Piece:
    """One piece of text in the forms in which it was sent."""

    html: list[Part] = field(default_factory=list)
    plain: list[Part] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Body:
    """A mail's lines, those of the forms that were not chosen, from which form they were taken, and what was broken."""

    lines: list[Line]
    others: list[Line]
    media_type: str
    notes: tuple[str, ...]


def contents_of(root: Part) -> Contents:
    """What a mail holds, sorted."""
    found = Contents()
    _sort(root, found, None, inside=False)
    return found


def _sort(part: Part, found: Contents, piece: Piece | None, *, inside: bool) -> None:
    """Put a part where it belongs; `piece` is that of the alternatives around it, `inside` that there are some."""
    if part.kind == "multipart/alternative" and piece is None:
        piece = Piece()
        found.pieces.append(piece)
        inside = True
    if part.parts:
        # behind what was signed stands the signature
        for inner in part.parts[:1] if part.kind == "multipart/signed" else part.parts:
            _sort(inner, found, piece, inside=inside)
        return
    if part.kind == "text/calendar" and not part.head.attached:
        found.calendar = True
    elif part.kind not in {"text/html", "text/plain"} or _is_file(part, found):
        found.beside.append(part)
    else:
        target = piece
        if target is None:
            target = Piece()
            found.pieces.append(target)
        (target.html if part.kind == "text/html" else target.plain).append(part)


def _is_file(part: Part, found: Contents) -> bool:
    """Whether a part of text is a file that lies beside the mail's own."""
    return part.head.attached or bool(found.pieces and _TEXT.search(part.head.filename))


def body_of(found: Contents, name: str, limit: int) -> Body:
    """The lines of a mail's text: of its HTML, where that holds the report, else of its plain text.

    Raises TooLargeError, EmptyError, BinaryError, EncodingError.
    """
    lines: list[Line] = []
    others: list[Line] = []
    notes: list[str] = []
    kinds: set[str] = set()
    failed: IntakeError | None = None
    left = limit
    for piece in found.pieces:
        forms: dict[str, list[Line]] = {}
        for kind, parts in (("text/html", piece.html), ("text/plain", piece.plain)):
            for part in parts:
                data, broken = part.payload()
                left -= len(data)
                if left < 0:
                    check_size(limit - left, f"the text of {name}", limit)
                try:
                    made, said = _lines(part, data)
                except IntakeError as error:
                    failed = failed or error
                    notes.append(f"a part of the mail is left out: {error.message}")
                    continue
                forms.setdefault(kind, []).extend(made)
                notes += [*broken, *said]
        kind = _better(forms)
        if chosen := forms.get(kind):
            lines += [replace(chosen[0], gap=True), *chosen[1:]]
            kinds.add(kind)
        others += [line for other in forms if other != kind for line in forms[other]]
    if not lines:
        raise failed or EmptyError(f"{name} is a mail without text")
    return Body(lines, others, "text/html" if "text/html" in kinds else "text/plain", tuple(dict.fromkeys(notes)))


def _lines(part: Part, data: bytes) -> tuple[list[Line], tuple[str, ...]]:
    """The lines of one part."""
    html = part.kind == "text/html"
    nul = b"\x00" in data and part.head.charset not in {"utf-16", "utf-16le", "utf-16be"}
    text, notes = decode(data.replace(b"\x00", b" ") if nul else data, html=html, charset=part.head.charset)
    if html:
        return html_lines(text), notes
    flowed = part.head.param("format").lower() == "flowed"
    return plain_lines(text, flowed=flowed, delete_space=part.head.param("delsp").lower() == "yes"), notes


def _better(forms: dict[str, list[Line]]) -> str:
    """The form that holds the report: HTML, unless it has less than half of the words (a picture, a "cannot be
    shown"). The plain form of newsletters is often a link to the web."""
    if len(forms) < 2:
        return next(iter(forms), "")
    html, plain = (_words(cleaned(forms[kind]).lines) for kind in ("text/html", "text/plain"))
    return "text/html" if html * 2 >= plain else "text/plain"


def _words(lines: Sequence[Line]) -> int:
    return sum(len(line.text.split()) for line in lines)


def refuse(root: Part, found: Contents, name: str) -> None:
    """Raises FormatError for a mail that no person wrote as a report, or that cannot be read."""
    head = root.head
    subject, kind = head.text("subject"), root.kind
    if why := _locked(root, found):
        raise FormatError(f"{name} is {why}", "decrypt it in your mail program, and save it again as text")
    automatic = re.match(r"auto-(?:replied|notified)", head.raw("auto-submitted"), re.IGNORECASE)
    bulk = head.raw("list-id") or head.raw("list-unsubscribe")
    postmaster = re.search(r"mailer-daemon|postmaster", head.raw("from"), re.IGNORECASE)
    reported = kind == "multipart/report" or head.param("report-type")
    if reported or head.raw("x-failed-recipients") or (postmaster and _BOUNCED.match(subject)):
        raise FormatError(f"{name} is a notice of a mail server (a bounce or a receipt)", "leave it out")
    answers = head.raw("x-autoreply") or head.raw("x-autorespond") or head.raw("precedence").lower() == "auto_reply"
    if automatic or answers or (_AUTOMATIC.match(subject) and not bulk):
        raise FormatError(f"{name} is an automatic reply", "leave it out")
    if found.calendar:
        raise FormatError(f"{name} is an invitation or another entry of a calendar", "leave it out")


def _locked(root: Part, found: Contents) -> str | None:
    """How a mail is encrypted or sealed, None where it is not."""
    if root.kind == "multipart/encrypted":
        return "encrypted"
    for part in root.leaves():
        if part.kind in {"application/pkcs7-mime", "application/x-pkcs7-mime"}:
            signed = part.head.param("smime-type").lower() == "signed-data"
            return "signed as one sealed block (S/MIME)" if signed else "encrypted (S/MIME)"
    for piece in found.pieces[:1]:
        for part in piece.plain[:1]:
            if _PGP.match(part.body[:200].decode("latin-1")):
                return "encrypted (PGP)"
    return None
