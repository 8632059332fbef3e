"""What is read, by its content: JSON, a web page, a page saved as mail, or none of them; and the values of JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from casus.errors import FormatError

_JSON_NAME = re.compile(r"\.(?:json|jsonl|ndjson)\Z", re.IGNORECASE)
_HTML_NAME = re.compile(r"\.(?:html?|xhtml|mht(?:ml)?)\Z", re.IGNORECASE)
_JSON_START = re.compile(r"\s*(?:\{\s*(?:\"|\})|\[\s*(?:\{\s*\"|\]))")
# No prose begins with a brace, a word in quotes and a colon, so what does is JSON wherever it was cut off.
_JSON_FIELD = re.compile(r"\s*(?:\[\s*)?\{\s*\"[^\"\\\n]{0,200}(?:\"\s*(?::|\Z)|\Z)")
# A comment ends at its first mark and is given back by nobody (?>), else each could also run into the next:
# forty in a row took for ever.
_HTML_START = re.compile(
    r"\s*(?><!--(?>.{0,2000}?-->)\s*)*"
    r"<(?:!doctype\s+html|html|head|body|article|main|div|section|meta|title|p|h1)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(
    r"</?(?:p|div|a|span|br|h[1-6]|script|meta|li|ul|article|figure|body|html|head)\b[^<>]{0,300}>",
    re.IGNORECASE,
)
# The head of a mail: at most sixty lines, each with what is folded below it.
_MAIL_HEAD = re.compile(
    rb"\s{0,20}((?:[a-z][a-z0-9-]{0,60}:[^\r\n]{0,2000}\r?\n(?:[ \t][^\r\n]{0,2000}\r?\n){0,50}){1,60})", re.IGNORECASE
)
_MAIL_VERSION = re.compile(rb"^mime-version:", re.IGNORECASE | re.MULTILINE)
_MAIL_TYPE = re.compile(rb"^content-type:\s{0,20}(?:multipart/related|text/html)\b", re.IGNORECASE | re.MULTILINE)


def is_mhtml(data: bytes) -> bool:
    """Whether a file begins like a page that a browser saved into one file: with the head of a mail that holds HTML."""
    head = _MAIL_HEAD.match(data[:65_536])
    return head is not None and bool(_MAIL_VERSION.search(head[1]) and _MAIL_TYPE.search(head[1]))


def is_json_name(name: str) -> bool:
    """Whether a file is named like JSON."""
    return bool(_JSON_NAME.search(name))


def is_json(text: str, name: str) -> bool:
    """By content; a name that says JSON counts too, so that a broken file is called broken and not read as prose."""
    if is_json_name(name) or _JSON_FIELD.match(text):
        return True
    return bool(_JSON_START.match(text)) and text.rstrip()[-1:] in ("}", "]")


def is_html(text: str, name: str = "") -> bool:
    """By content. Raises FormatError for a text without a tag whose name says that it is a page."""
    if _HTML_START.match(text):
        return True
    tags = len(_TAG.findall(text[:20_000]))
    if _HTML_NAME.search(name) and not tags:
        raise FormatError(f"{name} is named like a web page and holds no tags", "rename it to .txt if it is plain text")
    # six tags in its first 20,000 characters: prose that quotes a tag or two is still prose
    return tags >= 6


def json_values(text: str, name: str) -> Iterator[Any]:
    """Each document of a JSON object, list, or lines; a line that does not parse is yielded as its error."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        # numbered as an editor numbers them, blank ones too
        lines = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
        parsed = [_json_line(line, f"{name}, line {n}") for n, line in lines]
        if len(lines) < 2 or all(isinstance(p, FormatError) for p in parsed):
            why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise FormatError(f"{name} says that it is JSON and is not: {why}") from None
        yield from parsed
        return
    yield from value if isinstance(value, list) else [value]


def _json_line(line: str, where: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        return FormatError(f"{where} is no JSON: {error}")
