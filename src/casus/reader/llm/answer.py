"""The model's reply -> claims as it puts them. Whatever has another form than asked for is left out and counted;
a reply that is no answer at all is an AnswerError."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from casus.codebook import Codebook
from casus.errors import AnswerError
from casus.reader.llm.prompt import LISTS, SINGLES, STATUSES

# what a claim counts as whose confidence the model did not give as asked
UNSAID = 0.5

_FENCE = re.compile(r"```[a-zA-Z]*\s*\n(.*?)```", re.DOTALL)
# models that think aloud do it before the answer
_THOUGHT = "</think>"


@dataclass(frozen=True, slots=True)
class Said:
    """One claim as the model puts it; no string of it has been looked for in the text. `sentence` counts from 0."""

    sentence: int
    quote: str
    trigger: str
    type: str
    mode: str | None
    status: str
    roles: Mapping[str, tuple[str, ...]]
    background: bool
    aggregate: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The claims of one reply; `malformed` claims and single `values` of another form than asked for are left out."""

    said: tuple[Said, ...]
    malformed: int = 0
    values: int = 0


def read_answer(reply: str) -> Answer:
    """The claims of a reply. Raises AnswerError where it holds no JSON, or JSON of another form."""
    found = _json(reply)
    listed = found.get("claims") if isinstance(found, dict) else found
    if not isinstance(listed, list):
        raise AnswerError("the model's answer has no list of claims")
    said, values = [], 0
    for item in listed:
        one, missed = _said(item)
        if one is not None:
            said.append(one)
            values += missed
    if listed and not said:
        raise AnswerError("no claim of the model's answer has the form that was asked for")
    return Answer(tuple(said), len(listed) - len(said), values)


def _json(reply: str) -> object:
    """The JSON value of a reply, bare, in a code fence, or with words around it."""
    text = reply.rpartition(_THOUGHT)[2].strip()
    if not text:
        raise AnswerError("the model's answer is empty")
    fenced = _FENCE.search(text)
    braced = text[text.find("{") : text.rfind("}") + 1] if "{" in text else ""
    for candidate in (text, fenced.group(1) if fenced else "", braced):
        try:
            return json.loads(candidate)
        # a number of 5,000 digits is a ValueError, brackets 10,000 deep are the other
        except (ValueError, RecursionError):
            continue
    raise AnswerError("the model's answer is no JSON")


def _said(item: object) -> tuple[Said | None, int]:
    """A claim and how many of its values had another form; None where what it cannot do without had."""
    if not isinstance(item, dict):
        return None, 0
    number, quote, trigger, kind = (item.get(k) for k in ("sentence", "quote", "trigger", "type"))
    type_, _, mode = str(kind).partition("/")
    book, status = Codebook.load(), item.get("status")
    if not isinstance(number, int) or not isinstance(quote, str) or not isinstance(trigger, str):
        return None, 0
    if type_ not in book.type_names or status not in STATUSES:
        return None, 0
    missed = 0
    if mode and mode not in book.type(type_).mode_names:
        mode, missed = "", 1
    roles: dict[str, tuple[str, ...]] = {}
    for role in (*LISTS, *SINGLES):
        roles[role], wrong = _strings(item.get(role))
        missed += wrong
    confidence = item.get("confidence")
    sure = float(confidence) if isinstance(confidence, int | float) and 0 <= confidence <= 1 else None
    return Said(
        number - 1, quote, trigger, type_, mode or None, status, roles,
        item.get("background") is True, item.get("aggregate") is True,
        UNSAID if sure is None else sure,
    ), missed + (sure is None)  # fmt: skip


def _strings(value: object) -> tuple[tuple[str, ...], int]:
    """The strings of a value that is one, or a list of them, and how many other things stood among them."""
    listed = value if isinstance(value, list) else [value] if value is not None else []
    strings = tuple(s for s in listed if isinstance(s, str) and s.strip())
    return strings, sum(not isinstance(s, str) for s in listed)
