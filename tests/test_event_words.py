"""The lexicon of event words: the data file, inflection, phrases, and that no text upsets it."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus import text
from casus.errors import DataError
from casus.reader.event_words import (
    STRONG,
    TYPE_BITS,
    TYPES,
    lexicon,
    matches,
    noun_forms,
    parse,
    spellings,
    verb_forms,
)

DATA = (files("casus.reader") / "data" / "event_words.tsv").read_text(encoding="utf-8")
ROWS = [line.split("\t") for line in DATA.splitlines() if not line.startswith("#")]


def cut(sentence: str) -> list[str]:
    return [sentence[start:end] for start, end in text.words(sentence)]


def types_of(sentence: str, word: str) -> set[str]:
    """The types that the bits of `word` name in `sentence`."""
    words = cut(sentence)
    bits = matches(words)[words.index(word)]
    return {name for name, bit in TYPE_BITS.items() if bits & bit}


def strong(sentence: str, word: str) -> bool:
    words = cut(sentence)
    return bool(matches(words)[words.index(word)] & STRONG)


def test_the_order_of_the_bits_is_that_of_the_trained_model() -> None:
    assert TYPES == (
        "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST",
        "ACCUSE", "REJECT", "THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
    )  # fmt: skip
    assert TYPE_BITS["AGREE"] == 1
    assert TYPE_BITS["ASSAULT"] == 1 << 15
    assert STRONG == 1 << 16


class TestData:
    def test_header_says_columns_version_and_licence(self) -> None:
        header = "".join(line for line in DATA.splitlines() if line.startswith("#"))
        assert all(word in header for word in ("lemma", "pos", "types", "strength", "Version", "CC0"))

    def test_rows_are_well_formed(self) -> None:
        for row in ROWS:
            lemma, pos, types, strength = row
            assert lemma == " ".join(lemma.lower().split())
            assert pos in {"v", "n", "a"}
            assert set(types.split(",")) <= set(TYPES)
            assert len(set(types.split(","))) == len(types.split(","))
            assert strength in {"1", "2"}

    def test_each_lemma_stands_once_and_in_order(self) -> None:
        keys = [(row[0], row[1]) for row in ROWS]
        assert keys == sorted(set(keys))

    def test_broad_enough(self) -> None:
        count = Counter(name for row in ROWS for name in row[2].split(","))
        assert len({row[0] for row in ROWS}) >= 3000
        assert min(count[name] for name in TYPES) >= 250

    def test_no_plain_speech_verb(self) -> None:
        assert not {"say", "tell", "add", "state"} & {row[0] for row in ROWS if row[1] == "v"}

    def test_every_single_lemma_is_found_by_itself(self) -> None:
        single = [row for row in ROWS if row[0].isalpha() and row[1] in "na"]
        for lemma, _, types, strength in single:
            wanted = sum(TYPE_BITS[name] for name in types.split(",")) | (STRONG if strength == "2" else 0)
            assert matches([lemma])[0] & wanted == wanted, lemma

    def test_every_phrase_is_found_as_written(self) -> None:
        for lemma, _, types, _ in ROWS:
            if " " in lemma:
                wanted = sum(TYPE_BITS[name] for name in types.split(","))
                assert any(bits & wanted == wanted for bits in matches(cut(lemma))), lemma


class TestInflection:
    @pytest.mark.parametrize(
        ("lemma", "forms"),
        [
            ("shoot", "shoots shooting shot shootings"),
            ("strike", "struck stricken striking"),
            ("fight", "fought"),
            ("slay", "slew slain"),
            ("withdraw", "withdrew withdrawn withdrawing"),
            ("seek", "sought"),
            ("forbid", "forbade forbidden forbidding"),
            ("overthrow", "overthrew overthrown"),
            ("flee", "fled fleeing flees"),
            ("hang", "hanged hung"),
            ("ban", "bans banned banning"),
            ("kidnap", "kidnapped kidnapping"),
            ("shell", "shelled shelling"),
            ("expel", "expelled expelling"),
            ("target", "targeted targeting"),
            ("travel", "traveled travelled"),
            ("torture", "tortured torturing"),
            ("free", "freed freeing"),
            ("die", "died dying"),
            ("deploy", "deployed deploys deploying"),
            ("deny", "denied denies denying"),
            ("veto", "vetoes vetoed vetoing"),
            ("attack", "attacks attacked"),
            ("clash", "clashes clashed"),
            ("panic", "panicked panicking"),
            ("quit", "quit quitting"),
            ("raid", "raided raiding"),
            ("gas", "gassed gassing"),
            ("vow", "vowed vowing"),
            ("mobilise", "mobilise mobilised mobilize mobilized mobilizing"),
            ("paralyze", "paralyse paralysed"),
            ("honour", "honored honoured honouring"),
        ],
    )
    def test_verbs(self, lemma: str, forms: str) -> None:
        assert set(forms.split()) <= verb_forms(lemma)

    @pytest.mark.parametrize(
        ("lemma", "wrong"),
        [("ban", "baned"), ("shoot", "shooted"), ("deny", "denyed"), ("raid", "raidded"), ("vow", "vowwed"),
         ("torture", "tortureed"), ("attack", "attackked"), ("rob", "robed")],
    )  # fmt: skip
    def test_no_wrong_forms(self, lemma: str, wrong: str) -> None:
        assert wrong not in verb_forms(lemma)

    @pytest.mark.parametrize(
        ("lemma", "plural"),
        [("casualty", "casualties"), ("clash", "clashes"), ("crisis", "crises"), ("gunman", "gunmen"),
         ("embargo", "embargoes"), ("delay", "delays"), ("siege", "sieges"), ("life", "lives")],
    )  # fmt: skip
    def test_nouns(self, lemma: str, plural: str) -> None:
        assert {lemma, plural} <= noun_forms(lemma)

    def test_spelling_goes_both_ways_and_leaves_short_words_alone(self) -> None:
        assert "mobilization" in spellings("mobilisation")
        assert "defence" in spellings("defense")
        assert spellings("hour") == {"hour"}
        assert spellings("size") == {"size"}


class TestMatches:
    @pytest.mark.parametrize(
        ("sentence", "word", "name"),
        [
            ("Gunboats strafed the harbour.", "strafed", "ASSAULT"),
            ("The kingdom withdrew its envoy.", "withdrew", "RETREAT"),
            ("The minister lauded the pact.", "lauded", "SUPPORT"),
            ("The minister lauded the pact.", "pact", "AGREE"),
            ("Deputies lambasted the junta.", "lambasted", "ACCUSE"),
            ("MOURNERS STONED THE GUARDS", "STONED", "ASSAULT"),
            ("They shot the plane down.", "shot", "ASSAULT"),
            ("Miners downed two drones.", "downed", "ASSAULT"),
            ("The senator called him out.", "called", "ACCUSE"),
            ("It imposed tough new sanctions.", "imposed", "SANCTION"),
            ("Troops were hacked to death.", "hacked", "ASSAULT"),
            ("The king relented and caved in.", "caved", "CONCEDE"),
            ("They severed all diplomatic ties.", "severed", "SANCTION"),
            ("Clerks took to the streets.", "took", "PROTEST"),
            ("He was put under a house arrest.", "put", "COERCE"),
            ("The army test-fired a missile.", "fired", "MOBILIZE"),
            ("Prisoners on hunger-strike", "hunger", "PROTEST"),
            ("The coup d’etat failed.", "coup", "COERCE"),
            ("Several acts of terror followed.", "acts", "ASSAULT"),
            ("Car bombings shook the port.", "Car", "ASSAULT"),
            ("Car bombings shook the port.", "bombings", "ASSAULT"),
            ("He is behind bars.", "bars", "COERCE"),
            ("Démarches were made.", "Démarches", "ACCUSE"),
        ],
    )
    def test_finds(self, sentence: str, word: str, name: str) -> None:
        assert name in types_of(sentence, word)

    @pytest.mark.parametrize(
        ("sentence", "word"),
        [
            ("The United Nations sat.", "United"),
            ("Prices went down.", "down"),
            ("The man said nothing.", "man"),
            ("The man said nothing.", "said"),
            ("She told them so.", "told"),
            ("He is behind bars.", "behind"),
            ("The lake is blue.", "lake"),
        ],
    )
    def test_marks_nothing(self, sentence: str, word: str) -> None:
        assert types_of(sentence, word) == set()

    def test_at_most_two_words_stand_inside_a_phrase(self) -> None:
        assert "SANCTION" in types_of("They cut all remaining ties.", "cut")
        near, far = matches(cut("take prisoner")), matches(cut("take one two prisoner"))
        assert near[0] & STRONG
        assert far[0] & STRONG
        assert not matches(cut("take one two three prisoner"))[0] & STRONG

    def test_articles_inside_a_phrase_are_not_counted(self) -> None:
        assert matches(cut("take one two the prisoner"))[0] & STRONG

    def test_a_phrase_does_not_reach_over_a_comma(self) -> None:
        assert not matches(cut("take, prisoner"))[0] & STRONG

    def test_strength(self) -> None:
        assert strong("They bombarded the town.", "bombarded")
        assert not strong("He hit the ball.", "hit")

    def test_nothing_in_nothing_out(self) -> None:
        assert matches([]) == []

    @pytest.mark.parametrize("words", [["\0"], ["🕊", "\u200f", "—"], ["shot"] * 3000, ["", "shot", "", "down"]])
    def test_odd_words(self, words: list[str]) -> None:
        assert len(matches(words)) == len(words)

    @given(st.lists(st.text(max_size=8) | st.sampled_from(["took", "to", "the", "streets", "-", "hunger", "strike"])))
    def test_a_bit_field_for_each_word_of_any_list(self, words: list[str]) -> None:
        found = matches(words)
        assert len(found) == len(words)
        assert all(0 <= bits < STRONG * 2 and bits != STRONG for bits in found)

    @given(st.lists(st.sampled_from([w for row in ROWS[::37] for w in cut(row[0])] + [",", "his", "not"]), max_size=12))
    def test_upper_case_changes_nothing(self, words: list[str]) -> None:
        assert matches([word.upper() for word in words]) == matches(words)

    @given(st.lists(st.sampled_from(["shot", "the", "plane", "down", "struck", "back", "at"]), max_size=9))
    def test_a_word_alone_never_knows_more_than_in_its_sentence(self, words: list[str]) -> None:
        assert all(matches([word])[0] & ~bits == 0 for word, bits in zip(words, matches(words), strict=True))


class TestParse:
    def test_read_once(self) -> None:
        assert lexicon() is lexicon()
        assert lexicon().entries == len(ROWS)

    def test_own_rows(self) -> None:
        book = parse("# a comment\n\ntorch\tv\tASSAULT,PROTEST\t2\n")
        assert book.matches(["Torched"]) == [TYPE_BITS["ASSAULT"] | TYPE_BITS["PROTEST"] | STRONG]

    @pytest.mark.parametrize(
        "row",
        ["torch\tv\tASSAULT", "torch\tv\tARSON\t2", "torch\tv\tASSAULT\t3", "torch\tx\tASSAULT\t2",
         "\tv\tASSAULT\t2", "torch v ASSAULT 2"],
    )  # fmt: skip
    def test_a_bad_row_is_named(self, row: str) -> None:
        with pytest.raises(DataError, match="line 2"):
            parse(f"# header\n{row}\n")
