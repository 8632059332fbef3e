"""How much each page of a PDF draws, before pdfium is asked to: forms in forms make 10^9 letters of 2 KB.

pdfium draws a form again each time that it is named, and holds all of it at once. So pages are counted first: pdfium
saves a copy of the file, decrypted and with every object in the clear, for which it draws nothing; the page's streams
in it, and the forms that they name, are counted here, each form once and then multiplied.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from casus.errors import TooLargeError
from casus.intake.pdf.objects import Objects, Ref, Value

# A full newspaper page has 30,000 letters, and a map up to 8 MB of lines. pdfium needs 400 bytes for each letter and
# about as many for a line of twenty bytes: 120 and 200 MB at these limits.
MAX_LETTERS, MAX_BYTES = 300_000, 10_000_000
# A letter of a font stands for up to three in a ligature; a font whose letters stand for pages is a bomb, too.
_MAX_PER_LETTER = 20
# pdfium itself follows forty.
_MAX_DEPTH, _MAX_PAGES = 50, 2_000
# A report of 300 pages has 0.1 MB a page; inflating as much takes about two seconds.
_MAX_UNPACKED = 500_000_000

_NAMED = re.compile(rb"/([^\x00\t\n\x0c\r ()<>\[\]{}/%]{1,200})[\x00\t\n\x0c\r ]+Do(?![\w'\"*])")
_DO = re.compile(rb"(?<![\w/'\"*])Do(?![\w'\"*])")
_MARK = re.compile(rb"\\.|[()<>]", re.DOTALL)
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a stream draws: letters at most, and bytes of instructions."""

    letters: int = 0
    size: int = 0

    def plus(self, other: Cost, times: int = 1) -> Cost:
        return Cost(self.letters + times * other.letters, self.size + times * other.size)


@dataclass(slots=True)
class _Count:
    """Counts streams of a file; each form once for each set of resources that it is drawn with."""

    objects: Objects
    name: str
    open: set[tuple[int, int, int]] = field(default_factory=set)
    known: dict[tuple[int, int, int], Cost] = field(default_factory=dict)
    fonts: set[int] = field(default_factory=set)
    most: int = 1
    left: int = _MAX_UNPACKED

    def page(self, page: dict[str, Value]) -> Cost:
        """All that a page draws."""
        resources = self._inherited(page, "Resources")
        content = bytearray()
        for stream in self.objects.items(page.get("Contents")):
            content += self._content(stream) + b" "
            if len(content) > MAX_BYTES:
                return Cost(0, len(content))
        return self._fonts(resources, resources, 0).plus(self._drawn(bytes(content), resources, resources, 0))

    def _content(self, stream: Value) -> bytes:
        content = self.objects.content(stream, MAX_BYTES + 1)
        self.left -= len(content)
        if self.left < 0:
            raise TooLargeError(f"more comes out of {self.name} than any report holds", _HINT)
        return content

    def _inherited(self, page: dict[str, Value], name: str) -> Value:
        for _ in range(_MAX_DEPTH):
            if name in page:
                return page[name]
            page = self.objects.dictionary(page.get("Parent"))
        return None

    def _form(self, form: Value, around: Value, page: Value, depth: int) -> Cost:
        """What a form draws; `around` and `page` are the resources of what names it and of the page."""
        if not isinstance(form, Ref) or depth > _MAX_DEPTH:
            return Cost()
        own = self.objects.dictionary(form).get("Resources", around)
        key = (form.number, self._key(own), self._key(page))
        if key in self.known:
            return self.known[key]
        if key in self.open:
            raise TooLargeError(f"{self.name} has a form that draws itself", _HINT)
        self.open.add(key)
        content = self._content(form)
        total = self._fonts(own, page, depth).plus(self._drawn(content, own, page, depth))
        self.open.remove(key)
        self.known[key] = total
        return total

    def _key(self, value: Value) -> int:
        return value.number if isinstance(value, Ref) else id(value)

    def _drawn(self, content: bytes, resources: Value, page: Value, depth: int) -> Cost:
        """What instructions draw, and the forms that they name. pdfium looks for those with the page, too."""
        total = Cost(_letters(content), len(content))
        forms = {**self._named(page, "XObject"), **self._named(resources, "XObject")}
        times = Counter(m[1].decode("latin-1") for m in _NAMED.finditer(content))
        for name in sorted(times):
            total = total.plus(self._form(forms.get(_plain(name)), resources, page, depth + 1), times[name])
        # names that are written in a way that we do not see are taken for the dearest one
        unseen = len(_DO.findall(content)) - times.total()
        if unseen > 0:
            others = [self._form(form, resources, page, depth + 1) for form in forms.values()]
            total = total.plus(max(others, key=lambda cost: (cost.letters, cost.size), default=Cost()), unseen)
        return total

    def _named(self, resources: Value, kind: str) -> dict[str, Value]:
        return self.objects.dictionary(self.objects.dictionary(resources).get(kind))

    def _fonts(self, resources: Value, page: Value, depth: int) -> Cost:
        """What letters of fonts draw that are drawn themselves (Type 3), and notes for how many each letter stands."""
        total = Cost()
        for value in self._named(resources, "Font").values():
            font = self.objects.dictionary(value)
            key = self._key(value)
            if key in self.fonts:
                continue
            self.fonts.add(key)
            table = self._content(font.get("ToUnicode"))
            self.most = max([self.most, *(len(m[1]) // 4 for m in _HEX.finditer(table))])
            glyphs = self.objects.dictionary(font.get("CharProcs")) if font.get("Subtype") == "Type3" else {}
            for glyph in glyphs.values():
                total = total.plus(self._form(glyph, font.get("Resources", resources), page, depth + 1))
        return total


def check_pages(copy: bytes, name: str) -> None:
    """Raises TooLargeError where a page of the saved `copy` draws more than any page of a report."""
    objects = Objects.of(copy)
    if objects is None:
        raise TooLargeError(f"{name} is built so that nobody can tell how much its pages hold", _HINT)
    count = _Count(objects, name)
    for number, page in enumerate(_pages(objects), 1):
        cost = count.page(page)
        if count.most > _MAX_PER_LETTER:
            raise TooLargeError(f"{name} has a font whose letters stand for {count.most} letters each", _HINT)
        if cost.letters > MAX_LETTERS or cost.size > MAX_BYTES:
            raise TooLargeError(
                f"page {number} of {name} draws {cost.letters:,} letters with {cost.size:,} bytes", _HINT
            )


_HINT = "if it is an honest report, print it into a new PDF"


def _pages(objects: Objects) -> Iterator[dict[str, Value]]:
    """The pages in order."""
    root = objects.dictionary(objects.trailer.get("Root"))
    waiting: list[Value] = [root.get("Pages")]
    seen: set[int] = set()
    left = _MAX_PAGES
    while waiting and left:
        value = waiting.pop()
        if isinstance(value, Ref):
            if value.number in seen:
                continue
            seen.add(value.number)
        node = objects.dictionary(value)
        left -= 1
        if "Kids" in node:
            waiting.extend(reversed(objects.items(node["Kids"])[:_MAX_PAGES]))
        elif node:
            yield node


def _letters(content: bytes) -> int:
    """How many letters the strings of a stream hold, at most: all bytes within parentheses or angle brackets."""
    total = depth = 0
    opened = -1
    for mark in _MARK.finditer(content):
        sign = mark[0]
        if sign == b"(":
            depth += 1
            if depth == 1:
                start = mark.end()
        elif sign == b")" and depth:
            depth -= 1
            if not depth:
                total += mark.start() - start
        elif sign == b"<" and not depth:
            opened = mark.end()
        elif sign == b">" and not depth and opened >= 0:
            total += (mark.start() - opened) // 2
            opened = -1
        if total > MAX_LETTERS:
            return total
    return total + (len(content) - start if depth else 0)


def _plain(name: str) -> str:
    return re.sub(r"#([0-9A-Fa-f]{2})", lambda m: chr(int(m[1], 16)), name)
