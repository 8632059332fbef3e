"""Which language a text is in: a quick look for English words, else a trained identifier."""

from __future__ import annotations

import re
import unicodedata
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

from casus.errors import LanguageError


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Words that make up about a third of English news and are spelt so in no other large language...
_STRONG = _words(
    "the and with from were have has their they said which this that been would after will who but not are by of"
)
# ... and common ones that others share (Danish "at", "for"; Portuguese "a", "as"; Dutch "in", "is").
_WEAK = _words("a an as at be for had he his in is it its no on or she to was we")
# 157 reports (our training reports and the uncoded ones) have a share of 0.28 to 0.39; of their stretches of
# 60 words, one in a hundred has less than 0.22. Sentences of ours in seven other languages have up to 0.23
# (Danish), but at most one strong word, hence the second condition.
_ENGLISH_SHARE = 0.20
_ENGLISH_STRONG = 4
# Below this many words function words say nothing, and the identifier is wrong too often (it takes lists
# of names for anything): such texts are accepted with a note, unless their script is not Latin.
_MIN_WORDS = 12
# A verdict against English counts from this probability on; a list of foreign names scores below it.
_SURE = 0.70
# Only so much of a text is looked at: more changes no verdict.
_SAMPLE_CHARS = 6_000
_PARAGRAPHS = 40

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew",
    "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "ms": "Malay", "nb": "Norwegian", "nl": "Dutch",
    "no": "Norwegian", "nn": "Norwegian", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "so": "Somali", "sq": "Albanian",
    "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "th": "Thai", "tl": "Tagalog", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese", "am": "Amharic", "bn": "Bengali",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Language:
    """An ISO 639-1 code, how sure (0 to 1), and what a person should know about it."""

    code: str
    confidence: float
    notes: tuple[str, ...] = ()


def detect(text: str) -> Language:
    """The language of most of `text`; "und" where it cannot be told (too short, numbers, lists of names)."""
    sample = text[:_SAMPLE_CHARS]
    words = _WORD.findall(sample)
    if not words:
        return Language("und", 0.0, ("no words to tell the language by",))
    if len(words) >= _MIN_WORDS and _looks_english(words):
        return Language("en", min(1.0, round(_share(words) / 0.30, 2)))
    if not _latin(sample):
        return _identified(sample)
    if len(words) < _MIN_WORDS:
        return Language("und", 0.0, ("too short to tell the language; read as English",))
    return _by_paragraph(text)


def require_english(text: str) -> Language:
    """`detect`, with LanguageError for a text that is mostly in another language."""
    found = detect(text)
    if found.code not in {"en", "und"}:
        name = _NAMES.get(found.code, f"the language with code {found.code!r}")
        raise LanguageError(f"this looks like {name} ({found.confidence:.0%} sure), not English")
    return found


def _looks_english(words: list[str]) -> bool:
    strong = {w.lower() for w in words} & _STRONG
    return _share(words) >= _ENGLISH_SHARE and len(strong) >= min(_ENGLISH_STRONG, 1 + len(words) // 12)


def _share(words: list[str]) -> float:
    return sum(w.lower() in _STRONG or w.lower() in _WEAK for w in words) / len(words)


def _latin(text: str) -> bool:
    letters = [c for c in text[:_SAMPLE_CHARS] if c.isalpha()]
    other = sum(not unicodedata.name(c, "").startswith(("LATIN", "FULLWIDTH LATIN")) for c in letters)
    return other * 2 < len(letters)


def _by_paragraph(text: str) -> Language:
    """The verdict on each paragraph, weighed by its letters; the language of the most letters wins."""
    weight: dict[str, int] = {}
    sure: dict[str, float] = {}
    paragraphs = [p for p in text.splitlines() if len(_WORD.findall(p[:400])) >= 5] or [text]
    for paragraph in paragraphs[:: max(1, len(paragraphs) // _PARAGRAPHS)][: _PARAGRAPHS + 1]:
        words = _WORD.findall(paragraph[:_SAMPLE_CHARS])
        if len(words) >= _MIN_WORDS and _looks_english(words):
            found = Language("en", 1.0)
        else:
            found = _identified(paragraph[:1_000])
        weight[found.code] = weight.get(found.code, 0) + len(paragraph)
        sure[found.code] = max(sure.get(found.code, 0.0), found.confidence)
    best = max(weight, key=lambda code: (weight[code], code == "en"))
    total = sum(weight.values())
    if best in {"en", "und"}:
        foreign = total - weight.get("en", 0) - weight.get("und", 0)
        # a tenth: below it, a quotation or a line of links
        mixed = (f"about {foreign / total:.0%} of the text is not English",) if foreign * 10 > total else ()
        unsure = ("the language could not be told; read as English",) if best == "und" else ()
        return Language(best, sure[best], (*unsure, *mixed))
    return Language(best, sure[best])


def _identified(text: str) -> Language:
    """The identifier's verdict, "und" where it is not sure enough to refuse a text."""
    code, confidence = _identifier().classify(text)
    if code != "en" and confidence < _SURE:
        return Language("und", float(confidence))
    return Language(str(code), float(confidence))


@cache
def _identifier() -> Any:
    """py3langid's own model (packaged data); loading takes about a second, so only when it is needed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a third party; nothing in them is ours to mend
        from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
