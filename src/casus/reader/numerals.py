"""Counts in words and digits: "nine", "1,200", "two hundred and fifty", "1.2 million", "dozens"."""

from __future__ import annotations

import re

_ONE_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TEN_WORDS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES = {word: n for n, word in enumerate(_ONE_WORDS)}
_TENS = {word: 10 * n for n, word in enumerate(_TEN_WORDS, 2)}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_SMALL = _ONES | _TENS

# Vague counts and the least they mean (gold/GUIDELINES.md): "dozens" is 24 or more.
VAGUE = {
    "dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2_000, "millions": 2_000_000, "several": 3,
    "a few": 3, "countless": 200, "tens of thousands": 20_000,
    "hundreds of thousands": 200_000, "tens of millions": 20_000_000, "dozens of thousands": 24_000,
    "a few dozen": 24, "several dozen": 36, "a few hundred": 200, "several hundred": 300,
    "a few thousand": 2_000, "several thousand": 3_000, "a handful": 3,
}  # fmt: skip
_EXACT_WORDS = {"a dozen": 12, "half a dozen": 6, "a half dozen": 6, "half-a-dozen": 6, "a score": 20, "a couple": 2,
                "a pair": 2, "both": 2, "a hundred": 100, "a thousand": 1_000, "a million": 1_000_000,
                "no one": 0, "nobody": 0, "none": 0, "no": 0}  # fmt: skip

# the largest count that can be people; beyond it the digits are an id or a mistake
LARGEST = 9_000_000_000

_SMALL_WORD = "|".join(sorted(_SMALL, key=len, reverse=True))
_SCALE = "hundred|thousand|million|billion"
# Digits, or number words in a row; no time of day, decimal of a version, percentage or money.
_DIGITS = (
    r"(?<![\w.,$€£¥:/#%])(?<!\d-)\d{1,3}(?:,\d{3})+(?![\d%]|[.,:]\d|(?:mm|km|kg|-[A-Za-z]))"
    r"|(?<![\w.,$€£¥:/#%])(?<!\d-)\d{1,7}(?:\.\d{1,2}(?=\s(?:million|billion|thousand)))?(?![\d%\w]"
    r"|[.,:/]\d|(?:mm|km|kg|-[A-Za-z]))"
)
NUMERAL = (
    rf"(?:(?:{_DIGITS})(?:\s(?:hundred|thousand|million|billion)\b)?"
    rf"|\b(?:{_SMALL_WORD})(?:-(?:{_SMALL_WORD}))?(?:[\s-](?:{_SCALE}))?(?:(?:\sand\s"
    rf"|\s)(?:{_SMALL_WORD})(?:-(?:{_SMALL_WORD}))?(?:\s(?:{_SCALE}))?){{0,3}}\b(?!-(?:year|day|month"
    rf"|hour|week|star|man|mile)))"
)
COLLECTIVE = (
    r"(?:(?:two|three|four|five|six|seven|eight|nine|ten|\d{1,2})\sdozen\b|half[\s-]a[\s-]dozen\b"
    r"|a\shalf[\s-]dozen\b|half-dozen\b"
    r"|a\s(?:dozen|score|couple|pair|hundred|thousand|million)\b)"
)
VAGUE_WORDS = (
    r"(?:(?:tens|hundreds|dozens)\sof\s(?:thousands|millions)\b|(?:a\sfew|several)\s(?:dozen|hundred"
    r"|thousand)\b"
    r"|dozens\b|scores\b|hundreds\b|thousands\b|millions\b|several\b|a\sfew\b|a\shandful\b|countless\b)"
)


def parse_number(text: str) -> int | None:
    """One exact count in words or digits; None for "dozens", a decimal, a sign or no number at all."""
    words = " ".join(text.lower().replace("’", "'").split()).strip(" .,;")
    if words in _EXACT_WORDS:
        return _EXACT_WORDS[words]
    match = re.fullmatch(r"(\S+) ?dozen", words)
    if match:
        count = parse_number(match[1])
        return 12 * count if count else 6 if match[1] in {"half", "half-"} else None
    if words.startswith(("-", "+")):
        return None
    tokens = [t for t in re.split(r"[\s-]+", words) if t]
    if not tokens or len(tokens) > 12:
        return None
    return _sum(tokens)


def _sum(tokens: list[str]) -> int | None:
    """ "two hundred and fifty thousand": each scale word multiplies what stands before it."""
    total, part, seen = 0.0, 0.0, False
    for token in tokens:
        if token == "and" and seen:
            continue
        if token in _SMALL:
            part += _SMALL[token]
        elif token in _SCALES:
            scale = _SCALES[token]
            part = (part or 1) * scale
            if scale >= 1_000:
                total, part = total + part, 0.0
        elif token.isascii() and re.fullmatch(r"\d{1,3}(?:,\d{3})+|\d{1,10}|\d{1,7}\.\d{1,2}", token):
            part += float(token.replace(",", ""))
        else:
            return None
        seen = True
    value = total + part
    return int(value) if seen and value == int(value) and value <= LARGEST else None


def vague_number(text: str) -> int | None:
    """The least that "dozens" or "several" means; None where the word is no vague count."""
    return VAGUE.get(" ".join(text.lower().split()))
