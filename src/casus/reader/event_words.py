"""Which words can name an event of which type: a packaged lexicon, its inflections and a fast look-up.

The lexicon holds lemmas; this file knows how English inflects them. What comes out is a bit field a word, an
input of the neural reader, which decides: a bit says "this word can be that", never "this word is that".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from casus import text
from casus.errors import DataError

# the order of the bits is part of the trained model: append, never reorder
TYPES = (
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST",
    "ACCUSE", "REJECT", "THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
)  # fmt: skip
TYPE_BITS = {name: 1 << n for n, name in enumerate(TYPES)}
# set beside the types' bits where the word nearly always names such an event
STRONG = 1 << len(TYPES)

# between a verb and its particle or object noun: "shot the plane down", "imposed tough new sanctions"
_MAX_GAP = 2

_VOWELS = frozenset("aeiou")
# skipped inside a phrase without being counted: "lift the ban", "hunger-strike", "coup d'etat"
_LOOSE = frozenset(("a", "an", "the", "its", "their", "his", "her", "our", "your", "my", "-", "‐", "‑", "'", "’"))
# words of a phrase that name nothing by themselves; the phrase's bits go to the others
_FUNCTION: frozenset[str] = _LOOSE | frozenset((
    "about", "against", "among", "around", "as", "aside", "at", "away", "back", "behind", "by", "down", "for", "from",
    "in", "into", "no", "not", "of", "off", "on", "onto", "out", "over", "through", "to", "together", "under", "up",
    "upon", "with", "without", "himself", "herself", "itself", "themselves", "d", "s", "co", "re", "de", "pre", "mini",
))  # fmt: skip
# adjectives of noun phrases: they stand beside much else, so that a bit on them would say little
_FUNCTION |= frozenset((
    "armed", "biological", "chemical", "civil", "civilian", "communal", "criminal", "diplomatic", "economic",
    "financial", "foreign", "human", "humanitarian", "independent", "international", "internal",
    "judicial", "legal", "mass", "medical", "naval", "parliamentary", "peaceful", "political",
    "public", "sectarian", "special", "technical", "tribal", "urban", "violent", "more", "new", "never", "have", "be",
))  # fmt: skip
# in a noun phrase the word before one of these is the one that takes the plural: "acts of terror"
_AFTER_HEAD = frozenset(("of", "for", "to", "on", "in", "from", "against", "d", "fast", "unto"))

# lemma, past tense, past participle; "/" parts forms that are both in use
_IRREGULAR = """
abide abided/abode abided, arise arose arisen, awake awoke awoken, be was/were been, bear bore borne/born, beat beat
beaten, become became become, begin began begun, behold beheld beheld, bend bent bent, beset beset beset, bet bet bet,
bid bid/bade bid/bidden, bind bound bound, bite bit bitten, bleed bled bled, blow blew blown, break broke broken,
breed bred bred, bring brought brought, broadcast broadcast broadcast, build built built, burn burned/burnt
burned/burnt, burst burst burst, buy bought bought, cast cast cast, catch caught caught, choose chose chosen, cling
clung clung, come came come, cost cost cost, creep crept crept, cut cut cut, deal dealt dealt, dig dug dug, do did
done, draw drew drawn, drink drank drunk, drive drove driven, eat ate eaten, fall fell fallen, feed fed fed, feel felt
felt, fight fought fought, find found found, flee fled fled, fling flung flung, fly flew flown, forbid
forbade/forbad/forbid forbidden/forbid, forecast forecast forecast, foresee foresaw foreseen, forget forgot
forgotten, forgive forgave forgiven, forgo forwent forgone, forego forewent foregone, forsake forsook forsaken,
forswear forswore forsworn, freeze froze frozen, get got got/gotten, give gave given, go went gone, grind ground
ground, grow grew grown, hang hung/hanged hung/hanged, have had had, hear heard heard, hide hid hidden, hit hit hit,
hold held held, hurt hurt hurt, keep kept kept, kneel knelt/kneeled knelt/kneeled, know knew known, lay laid laid,
lead led led, leave left left, lend lent lent, let let let, lie lay lain, light lit/lighted lit/lighted, lose lost
lost, make made made, mean meant meant, meet met met, mow mowed mown/mowed, offset offset offset, overcome overcame
overcome, overfly overflew overflown, override overrode overridden, overrun overran overrun, oversee oversaw
overseen, overtake overtook overtaken, overthrow overthrew overthrown, partake partook partaken, pay paid paid,
plead pleaded/pled pleaded/pled, put put put, quit quit/quitted quit/quitted, read read read, rebuild rebuilt
rebuilt, recast recast recast, rend rent rent, resell resold resold, reset reset reset, retake retook retaken, ride
rode ridden, ring rang rung, rise rose risen, run ran run, saw sawed sawn/sawed, say said said, see saw seen, seek
sought sought, sell sold sold, send sent sent, set set set, shake shook shaken, shed shed shed, shoot shot shot, show
showed shown/showed, shut shut shut, sing sang sung, sink sank/sunk sunk, sit sat sat, slay slew/slayed slain/slayed,
sleep slept slept, sling slung slung, slit slit slit, sneak snuck/sneaked snuck/sneaked, speak spoke spoken, spend
spent spent, spill spilled/spilt spilled/spilt, spin spun spun, spit spat/spit spat/spit, split split split, spread
spread spread, spring sprang sprung, stand stood stood, steal stole stolen, stick stuck stuck, strike struck
struck/stricken, strive strove striven, swear swore sworn, sweep swept swept, swell swelled swollen, swing swung
swung, take took taken, teach taught taught, tear tore torn, tell told told, think thought thought, throw threw
thrown, tread trod trodden, undergo underwent undergone, undertake undertook undertaken, undo undid undone, uphold
upheld upheld, upset upset upset, wake woke woken, wear wore worn, weep wept wept, win won won, wind wound wound,
withdraw withdrew withdrawn, withhold withheld withheld, withstand withstood withstood, wring wrung wrung, write
wrote written, underwrite underwrote underwritten, outfight outfought outfought, backslide backslid backslid, rewrite
rewrote rewritten, remake remade remade, regrow regrew regrown, resend resent resent, mislead misled misled, bestride
bestrode bestridden, beseech beseeched/besought beseeched/besought, stride strode stridden, forgather forgathered
forgathered, leap leapt/leaped leapt/leaped, lean leaned/leant leaned/leant, dive dived/dove dived, shrink shrank
shrunk, stave staved/stove staved, bust busted/bust busted/bust, rid rid rid, thrust thrust thrust, ram rammed rammed
"""
_PLURALS = {
    "man": "men", "woman": "women", "child": "children", "foot": "feet", "life": "lives", "knife": "knives",
    "wife": "wives", "loaf": "loaves", "half": "halves", "self": "selves", "person": "people",
}  # fmt: skip
# verbs with a form that is nearly always another word ("down", "United Nations"); only their phrases know it
_OTHER_WORDS = {
    "down": "down downs", "man": "man mans", "mine": "mine", "rebel": "rebel rebels", "force": "force forces",
    "file": "file files", "house": "house houses", "unite": "united", "press": "press", "court": "court courts",
    "level": "level levels", "position": "position positions", "arm": "arms", "train": "train trains",
    "board": "board boards", "police": "police", "base": "base bases", "gas": "gas gases gasses", "head": "head",
    "counter": "counter", "mass": "mass masses", "second": "second seconds", "table": "table tables",
    "rock": "rock rocks", "club": "club clubs", "cane": "cane canes", "hand": "hand hands", "hood": "hood hoods",
    "book": "book books", "finger": "finger fingers", "service": "service", "bus": "bus buses", "pan": "pan pans",
    "station": "station stations", "site": "site sites", "drug": "drug drugs", "land": "land lands",
    "list": "list lists", "ship": "ships", "document": "document documents",
}  # fmt: skip
# British and American spellings; each way only where enough letters stand before it that no other word is made
_SPELLINGS = (
    ("isation", "ization", 3), ("ise", "ize", 3), ("yse", "yze", 3), ("our", "or", 3), ("defence", "defense", 0),
    ("offence", "offense", 0), ("licence", "license", 0), ("ogue", "og", 4), ("programme", "program", 0),
    ("manoeuvre", "maneuver", 0), ("sabre", "saber", 0), ("plough", "plow", 0), ("tyre", "tire", 0),
    ("practise", "practice", 0), ("judgement", "judgment", 0), ("instalment", "installment", 0),
)  # fmt: skip
_RESPELT = tuple({ending for british, american, _ in _SPELLINGS for ending in (british, american)})


@cache
def _irregular() -> dict[str, tuple[str, ...]]:
    rows = (entry.split() for entry in _IRREGULAR.split(","))
    return {lemma: (*past.split("/"), *participle.split("/")) for lemma, past, participle in rows}


def spellings(lemma: str) -> set[str]:
    """`lemma` and its spelling on the other side of the Atlantic, where a rule makes one."""
    found = {lemma}
    if not lemma.endswith(_RESPELT):
        return found
    for british, american, least in _SPELLINGS:
        for old, new in ((british, american), (american, british)):
            if lemma.endswith(old) and len(lemma) - len(old) >= least:
                found.add(lemma[: -len(old)] + new)
    return found


def _with_s(word: str) -> tuple[str, ...]:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return (word + word[-1] + "es", word + "es") if word.endswith(("as", "iz")) else (word + "es",)
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return (word[:-1] + "ies",)
    return (word + "es", word + "s") if word.endswith("o") else (word + "s",)


def _stems(verb: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What "-ed" and what "-ing" are put to, each with all spellings in use ("travel", "travell")."""
    if verb.endswith("ie"):
        return (verb[:-1],), (verb[:-2] + "y",)
    if verb.endswith("e"):
        return (verb[:-1],), ((verb,) if verb.endswith(("ee", "oe", "ye")) else (verb[:-1],))
    if verb.endswith("y"):
        return (verb if verb[-2:-1] in _VOWELS else verb[:-1] + "i",), (verb,)
    if verb.endswith("ic"):
        return (verb + "k",), (verb + "k",)
    bare = verb.replace("qu", "q")
    if len(bare) < 2 or bare[-1] in "aeiouwxh" or bare[-2] not in _VOWELS or bare[-3:-2] in _VOWELS:
        return (verb,), (verb,)
    doubled = verb + verb[-1]
    # where the stress falls is not written: a longer verb gets both, and one of them meets no text
    single = sum(c in _VOWELS for c in bare) == 1
    return ((doubled,), (doubled,)) if single else ((verb, doubled), (verb, doubled))


@cache
def verb_forms(lemma: str) -> frozenset[str]:
    """Every form of a one-word verb, and the plural of its "-ing" noun ("killings")."""
    found: set[str] = set()
    for verb in spellings(lemma):
        past, present = _stems(verb)
        found.update((verb, *_with_s(verb)), (s + "ing" for s in present), (s + "ings" for s in present))
        found.update(_irregular().get(verb) or (s + "ed" for s in past))
    return frozenset(found)


@cache
def noun_forms(lemma: str) -> frozenset[str]:
    """Singular and plural of a one-word noun."""
    found: set[str] = set()
    for noun in spellings(lemma):
        if noun.endswith("man") and len(noun) > 3:
            plural: tuple[str, ...] = (noun[:-2] + "en",)
        elif noun.endswith("sis"):
            plural = (noun[:-2] + "es",)
        else:
            plural = (_PLURALS[noun],) if noun in _PLURALS else _with_s(noun)
        found.update((noun, *plural))
    return frozenset(found)


def _parts(phrase: str) -> list[str]:
    """The words of a phrase that must be there."""
    if phrase.isalpha():
        return [phrase]
    cut = phrase.replace("-", " ").replace("'", " ").split()
    return [word for word in cut if word not in _LOOSE] or cut


# what must follow the second word of a phrase, as sets of forms; the bits; whether words may stand between
_Tail = tuple[tuple[frozenset[str], ...], int]
_Heads = dict[str, dict[str, list[_Tail]]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Form -> bits for single words; first form -> second form -> tails for phrases."""

    single: dict[str, int]
    verbal: dict[str, list[dict[str, list[_Tail]]]]
    compound: dict[str, dict[str, list[_Tail]]]
    entries: int

    def matches(self, words: Sequence[str]) -> list[int]:
        """For each word of one sentence (as `casus.text.words` cuts it) its bits; 0 where it is not known."""
        low = [word.lower() if word.isascii() else text.fold(word) for word in words]
        get, verbal, compound = self.single.get, self.verbal, self.compound
        found = [get(word, 0) for word in low]
        for at, word in enumerate(low):
            if word in verbal:
                for seconds in verbal[word]:
                    found[at] |= _verbal_bits(low, at, seconds)
            if word in compound:
                _mark_compounds(low, at, compound[word], found)
        return found


def _tail_end(low: list[str], at: int, tail: tuple[frozenset[str], ...]) -> int:
    """Where the words of `tail` end that start at `at` or after loose words; -1 where they do not follow."""
    for forms in tail:
        while at < len(low) and low[at] in _LOOSE:
            at += 1
        if at == len(low) or low[at] not in forms:
            return -1
        at += 1
    return at


def _verbal_bits(low: list[str], head: int, seconds: dict[str, list[_Tail]]) -> int:
    bits, gap, at = 0, 0, head + 1
    while at < len(low) and gap <= _MAX_GAP:
        word = low[at]
        for tail, more in seconds.get(word, ()):
            if not tail or _tail_end(low, at + 1, tail) >= 0:
                bits |= more
        if word not in _LOOSE:
            if not word[:1].isalnum():
                break
            gap += 1
        at += 1
    return bits


def _mark_compounds(low: list[str], first: int, seconds: dict[str, list[_Tail]], found: list[int]) -> None:
    at = first + 1
    while at < len(low) and low[at] in _LOOSE:
        at += 1
    if at == len(low):
        return
    for tail, bits in seconds.get(low[at], ()):
        end = _tail_end(low, at + 1, tail)
        for place in range(first, end):
            if low[place] not in _FUNCTION:
                found[place] |= bits


@cache
def _follow_forms(word: str) -> frozenset[str]:
    return frozenset((word,)) if word in _FUNCTION else noun_forms(word)


class _Builder:
    """Collects the rows of the file into the look-up tables."""

    def __init__(self) -> None:
        self.single: dict[str, int] = {}
        self.verbal: dict[str, dict[str, list[_Tail]]] = {}  # by lemma of the verb
        self.compound: _Heads = {}
        self.entries = 0

    def add(self, lemma: str, pos: str, bits: int) -> None:
        self.entries += 1
        words = _parts(lemma)
        if len(words) == 1:
            self._add_single(words[0], pos, bits)
        elif pos == "v" and "-" not in lemma.split(maxsplit=1)[0]:
            self._put(self.verbal.setdefault(words[0], {}), words[1:], bits)
        else:
            self._add_compound(words, self._head(words, lemma, pos), pos, bits)

    def _add_single(self, word: str, pos: str, bits: int) -> None:
        forms = verb_forms(word) if pos == "v" else noun_forms(word) if pos == "n" else frozenset((word,))
        if pos == "v" and word in _OTHER_WORDS:
            forms -= frozenset(_OTHER_WORDS[word].split())
        for form in forms:
            self.single[form] = self.single.get(form, 0) | bits

    def _head(self, words: list[str], lemma: str, pos: str) -> int:
        """Which of `words` is inflected: of "test-fire a missile" the second."""
        if pos == "v":
            return len(_parts(lemma.split(maxsplit=1)[0])) - 1
        return next((n - 1 for n, word in enumerate(words) if n and word in _AFTER_HEAD), len(words) - 1)

    def _add_compound(self, words: list[str], head: int, pos: str, bits: int) -> None:
        forms = [frozenset((word,)) for word in words]
        if pos != "a":
            forms[head] = verb_forms(words[head]) if pos == "v" else noun_forms(words[head])
        for first in forms[0]:
            seconds = self.compound.setdefault(first, {})
            for second in forms[1]:
                seconds.setdefault(second, []).append((tuple(forms[2:]), bits))

    def _put(self, seconds: dict[str, list[_Tail]], rest: Iterable[str], bits: int) -> None:
        second, *tail = (_follow_forms(word) for word in rest)
        for form in second:
            seconds.setdefault(form, []).append((tuple(tail), bits))

    def build(self) -> Lexicon:
        verbal: dict[str, list[dict[str, list[_Tail]]]] = {}
        for lemma, seconds in self.verbal.items():
            for form in verb_forms(lemma):
                verbal.setdefault(form, []).append(seconds)
        return Lexicon(self.single, verbal, self.compound, self.entries)


def parse(data: str) -> Lexicon:
    """The lexicon of a file's text; DataError names the line that is not as the file's header says."""
    builder = _Builder()
    known: dict[str, int] = {}  # few lists of types come often
    for number, line in enumerate(data.splitlines(), 1):
        if not line or line[0] == "#":
            continue
        try:
            lemma, pos, types, strength = line.split("\t")
            if types not in known:
                known[types] = sum(TYPE_BITS[name] for name in types.split(","))
            strong = {"1": 0, "2": STRONG}[strength]
            ("v", "n", "a").index(pos)
            builder.add(lemma, pos, known[types] | strong)
        except (KeyError, ValueError, IndexError) as error:
            raise DataError(f"reader/data/event_words.tsv, line {number}, is malformed") from error
    return builder.build()


@cache
def lexicon() -> Lexicon:
    """The packaged lexicon, read once; DataError where it is missing or malformed."""
    try:
        data = (files("casus.reader") / "data" / "event_words.tsv").read_text(encoding="utf-8")
    except OSError as error:
        raise DataError("reader/data/event_words.tsv is missing") from error
    return parse(data)


def matches(words: Sequence[str]) -> list[int]:
    """`lexicon().matches(words)`: one bit field a word, `TYPE_BITS` and `STRONG`."""
    return lexicon().matches(words)
