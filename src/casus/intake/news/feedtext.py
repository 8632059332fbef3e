"""The text of a feed's entry: which element has it, the footers off, and whether it is a report or only a teaser."""

from __future__ import annotations

import re
from dataclasses import dataclass

from casus.errors import EmptyError, ShortError
from casus.intake.web.fragments import Fragment, fragment
from casus.text import fold

# From here on a teaser is read as a report. An editor's summary or the first words of a report have one or two
# sentences of 20 to 30 words: who did what, without a source, a figure's group or the day. The third sentence (or as
# many words in long ones) is where briefs of agencies name who says so. Both are judgements.
_SENTENCES, _WORDS = 3, 60
# Summaries by editors have up to some eighty words; a description of twice that is the report itself.
_SUMMARY_WORDS = 150

# not behind initials ("U.S. Army", "J. Mora")
_SENTENCE_END = re.compile(
    r"(?<![A-Z]\.[A-Z])(?<!\b[A-Z])(?:[.!?]|(?<=\w)…)[\"”’'»)\]]{0,3}(?=\s+[\"“‘'«(\[]{0,2}(?:[A-Z0-9…]|\.\.\.)|\s*\Z)"
)
_CUT = re.compile(r"(?:\.\.\.|…|\[\s?(?:\.\.\.|…|\+\d{1,6} chars)\s?\])[\"”’'»)\]\s]{0,5}\Z")
_POSTED = re.compile(
    r"(?:The (?:post|article|story|piece) .{1,400}?|(?:This|The) (?:post|article|story|piece)(?: was)?) "
    r"(?:(?:first|originally) (?:appeared|published)|appeared (?:first|originally)) (?:on|in|at) .{1,200}\Z",
    re.DOTALL,
)
_POSTED_BEHIND = re.compile(r"(?:(?<=…)|(?<=\.\.\.)|(?<=\])|(?<=[.!?\"”]))\s+(?=The (?:post|article|story) )")
_MORE = re.compile(
    r"(?:\A|(?<=[.!?…\])\"”’>])|(?<=\s))[\[(]?(?:"
    r"(?:Read|Learn|View|See|Show|Find out)\s(?:more|on|the (?:full|whole|entire|rest|original)\b[^.!?]{0,60}|"
    r"full\b[^.!?]{0,60}|in full)(?:\s(?:at|on|about|here|in)\b[^.!?]{0,80})?|"
    r"(?:Continue|Keep) reading\b[^.!?]{0,200}|Full (?:story|article|text)(?: here)?|"
    r"Click here\b[^.!?]{0,80}|More\s?(?:»|→|›|>>|\.\.\.|…))[\])]?[\s.…»→›>]{0,6}\Z"
)
_MORE_ALONE = re.compile(
    r"[\[(]?(?:more|source|link|comments?|permalink|share|full story)[\])]?[\s.…»→›>:]{0,6}\Z", re.IGNORECASE
)
# How many paragraphs at the end may be footers, and how long one is that stands behind the last sentence.
_FOOTERS, _FOOTER_CHARS = 6, 800


@dataclass(frozen=True, slots=True)
class Body:
    """The text of an entry in paragraphs. `captions` are some of them; `cut` tells that it breaks off, or points to
    the page for the rest; `whole` that it is the report and no summary, as far as the feed says."""

    paragraphs: tuple[str, ...]
    captions: tuple[str, ...]
    cut: bool
    whole: bool

    @property
    def words(self) -> int:
        """Words of prose, captions left out."""
        return sum(len(p.split()) for p in self.paragraphs if p not in self.captions)

    @property
    def readable(self) -> bool:
        """Whether it is a report, or a teaser that has as much as a brief one."""
        return self.whole or self.words >= _WORDS or self._sentences() >= _SENTENCES

    def _sentences(self) -> int:
        return sum(len(_SENTENCE_END.findall(p)) for p in self.paragraphs if p not in self.captions)


def body_of(content: str | None, summary: str | None, title: str | None) -> Body:
    """The text of an entry, from its content if that has any, else from its summary.

    Both are HTML. Some feeds put a picture into the content and the words into the summary, so the longer text counts.
    """
    first, second = (fragment(markup) if markup else Fragment(()) for markup in (content, summary))
    chosen = second if _words(second) > _words(first) else first
    paragraphs, cut = _without_footers(list(chosen.paragraphs), title)
    prose = [p for p in paragraphs if p not in chosen.captions]
    cut = cut or bool(prose and _CUT.search(prose[-1]))
    words = sum(len(p.split()) for p in prose)
    whole = not cut and bool(prose) and (chosen is first or words >= _SUMMARY_WORDS)
    return Body(tuple(paragraphs), tuple(c for c in chosen.captions if c in paragraphs), cut, whole)


def require_report(body: Body, name: str, link: str | None) -> None:
    """Raises EmptyError for an entry without text, ShortError for one that has only a teaser."""
    if not body.words:
        raise EmptyError(f"{name} has no text but its headline", _hint(link))
    if not body.readable:
        raise ShortError(f"{name} has only a teaser of {body.words} words", _hint(link))


def _hint(link: str | None) -> str:
    if link is None:
        return "the entry names no page with the report"
    return f"the report is on the page behind it: save {link} and add that, or let `casus watch` fetch it"


def _words(found: Fragment) -> int:
    return sum(len(p.split()) for p in found.prose())


def _without_footers(paragraphs: list[str], title: str | None) -> tuple[list[str], bool]:
    """The paragraphs without what a site adds below, and without the title above; whether it pointed to the rest."""
    more = False
    if paragraphs and title and fold(paragraphs[0]) == fold(title):
        del paragraphs[0]
    for _ in range(_FOOTERS):
        if not paragraphs:
            break
        last = _without_credit(paragraphs[-1], title)
        bare = _MORE.sub("", last).rstrip()
        more = more or bare != last
        if bare == paragraphs[-1] and not (_MORE_ALONE.match(bare) and len(paragraphs) > 1):
            break
        paragraphs[-1:] = [bare] if bare and not _MORE_ALONE.match(bare) else []
    return paragraphs, more


def _without_credit(text: str, title: str | None) -> str:
    """Without WordPress's "The post ... appeared first on ...", alone in its paragraph or behind the last sentence."""
    if _POSTED.match(text) and len(text.split()) <= 80:
        return ""
    near = max(0, len(text) - _FOOTER_CHARS)
    starts = [m.end() for m in _POSTED_BEHIND.finditer(text, near)]
    if title and (named := text.find(f"The post {title}", near)) > 0:
        starts.append(named)
    start = next((start for start in sorted(starts) if _POSTED.match(text, start)), len(text))
    return text[:start].rstrip()
