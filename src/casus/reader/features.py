"""What the encoder is told of a word besides its letters: its case, and which dictionaries know it."""

from __future__ import annotations

# index of each word shape; the order is part of the trained model
LOWER, TITLE, UPPER, MIXED, NUMBER, PUNCT, INITIALS, PAD = range(8)

# dictionary flags, one bit each, in the order that the trained model knows: kinds of names, then the
# types that the lexicon of event words gives a word, then whether that is its usual sense
NAME_FLAGS = ("country", "demonym", "capital", "organ", "person", "group", "organisation", "place")
FLAG_BITS = {name: 1 << n for n, name in enumerate(NAME_FLAGS)}
EVENT_SHIFT = len(NAME_FLAGS)
FLAGS = EVENT_SHIFT + 17


def shape(word: str) -> int:
    """The shape of a word: one of the constants above."""
    if word[0].isdigit():
        return NUMBER
    if not word[0].isalpha():
        return PUNCT
    if "." in word:
        return INITIALS
    if word.islower():
        return LOWER
    if word.isupper() and len(word) > 1:
        return UPPER
    return TITLE if word[1:].islower() or len(word) == 1 else MIXED
