"""Copies: what counts as the same text, keys that find it, groups that depend on the set of documents alone."""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import copies as bench
from casus.errors import RecordError
from casus.intake import document_from_bytes
from casus.intake.copies import CONTAINED, SHORT, alike, bands, contained, regroup, same_text, signature
from casus.records import Document, Region
from casus.samples import samples

FOLDER = Path(__file__).parent / "copies"
DOCS = (FOLDER.parents[1] / "docs" / "copies.md").read_text(encoding="utf-8")

WORDS = st.lists(st.integers(0, 40).map("word{}".format), min_size=SHORT, max_size=90)


def of(text: str) -> bytes:
    return signature(Document.of(text))


def numbered(first: int, last: int) -> str:
    """A text without repeats: word `first` to word `last`, the latter not included."""
    return " ".join(f"word{n}" for n in range(first, last))


@cache
def sample(number: str) -> Document:
    (found,) = (s for s in samples() if s.file.startswith(number))
    return document_from_bytes(found.path.read_bytes(), name=found.file)


@cache
def ours() -> dict[str, bytes]:
    """Reports of one event by different writers, some with the same official words, and two bulletins of one office."""
    return {p.stem: signature(bench.document(p.read_text(encoding="utf-8"))) for p in sorted(FOLDER.glob("*.txt"))}


@settings(max_examples=40)
@given(WORDS)
def test_identical_texts_are_wholly_alike(words: list[str]) -> None:
    text = " ".join(words)
    assert of(text) == of(text)
    assert alike(of(text), of(text)) == contained(of(text), of(text)) == 1.0
    assert same_text(of(text), of(text))


@settings(max_examples=40)
@given(WORDS, WORDS)
def test_texts_without_a_word_in_common_are_not_alike(one: list[str], two: list[str]) -> None:
    other = " ".join(word.replace("word", "other") for word in two)
    # two of 256 coordinates agree by chance once in two million pairs
    assert alike(of(" ".join(one)), of(other)) <= 2 / 256
    assert not same_text(of(" ".join(one)), of(other))


@settings(max_examples=40)
@given(WORDS, WORDS)
def test_neither_text_comes_first(one: list[str], two: list[str]) -> None:
    a, b = of(" ".join(one)), of(" ".join([*one[: len(one) // 2], *two]))
    assert alike(a, b) == alike(b, a)
    assert contained(a, b) == contained(b, a)


@pytest.mark.parametrize(("shared", "share"), [(0, 0.0), (100, 0.2), (150, 1 / 3), (200, 0.5), (260, 0.77)])
def test_the_share_is_estimated(shared: int, share: float) -> None:
    a, b = of(numbered(0, 300)), of(numbered(300 - shared, 600 - shared))
    # three standard errors
    assert alike(a, b) == pytest.approx(share, abs=0.09)


def test_a_part_is_contained_in_the_whole() -> None:
    whole, part = of(numbered(0, 600)), of(numbered(0, 200))
    assert alike(whole, part) == pytest.approx(1 / 3, abs=0.09)
    assert contained(whole, part) > 0.85
    assert same_text(whole, part)
    assert not same_text(of(numbered(150, 350)), part)


def test_a_signature_is_the_same_everywhere() -> None:
    """Ledgers hold signatures: another digest means another recipe, and that all are to be made anew."""
    made = signature(sample("02"))
    assert len(made) == 520
    assert sha256(made).hexdigest() == "5b76346a267594ceb749a2d523f2228da130fb2dc2ed7661ad0b3fafaf7c4257"
    assert bands(made)[:2] == (2957688845, 8294707787)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("“We won’t,” said the minister", '"We won\'t," said the minister'),
        ("PAKISTAN’S ARMY", "Pakistan's army"),
        ("the U.S. and the J.K. office", "the US and the JK office"),
        ("1,200 people — mostly women", "1200 people - mostly women"),
        ("fled  to\nthe\u00a0north-west", "fled to the north west"),
        ("in Rubén’s café", "in Ruben's cafe"),
        ("ﬁve ﬂed", "five fled"),
    ],
)
def test_case_quotes_accents_and_white_space_do_not_count(one: str, two: str) -> None:
    assert of(f"{one} {numbered(0, 30)}") == of(f"{two} {numbered(0, 30)}")
    assert of(one) == of(two)


@pytest.mark.parametrize(
    ("one", "two"), [("1.5 million", "15 million"), ("in 1,2 and 3", "in 12 and 3"), ("a. b", "ab")]
)
def test_marks_that_part_words_and_numbers_do_count(one: str, two: str) -> None:
    assert of(one) != of(two)


def test_only_what_is_read_counts() -> None:
    text = "A headline of its own\n\n" + numbered(0, 60) + "\n\nA caption below a picture\n\nSign up here"
    starts = [0, *(m.end() for m in re.finditer("\n\n", text))]
    ends = [*(m.start() for m in re.finditer("\n\n", text)), len(text)]
    kinds = ("title", "body", "caption", "boilerplate")
    regions = tuple(Region(k, a, b) for k, a, b in zip(kinds, starts, ends, strict=True))  # type: ignore[arg-type]
    assert signature(Document.of(text, regions=regions)) == of(numbered(0, 60))


def test_short_texts_match_word_for_word_or_not_at_all() -> None:
    text = "Two soldiers were killed by a mine near the village of Kamen on Friday, the army said."
    assert len(text.split()) < SHORT
    assert same_text(of(text), of(text.upper()))
    assert len(bands(of(text))) == 1
    assert bands(of(text)) == bands(of(text.upper()))
    changed = text.replace("Two", "Three")
    assert alike(of(text), of(changed)) == contained(of(text), of(changed)) == 0.0
    assert not same_text(of(text), of(changed))
    assert not same_text(of(text), of(f"{text} {numbered(0, 30)}"))


def test_the_headline_of_a_short_text_counts() -> None:
    made = [
        bench.document(f"{title}\n\nMore details are to follow soon.") for title in ("A mine kills two", "Talks fail")
    ]
    assert made[0].title == "A mine kills two"
    assert not same_text(signature(made[0]), signature(made[1]))


@pytest.mark.parametrize("text", ["", "—\n…"])
def test_a_text_without_words_is_like_none(text: str) -> None:
    made = of(text)
    assert alike(made, made) == 0.0
    assert not same_text(made, made)
    assert bands(made) == ()
    assert regroup({"a": made, "b": made}) == {}


@given(st.text(max_size=300))
def test_any_text_has_a_signature_and_keys_of_64_bits(text: str) -> None:
    made = of(text)
    assert len(made) in {8, 24, 520}
    assert all(-(2**63) <= key < 2**63 for key in bands(made))
    assert len(set(bands(made))) == len(bands(made)) in {0, 1, 64}
    assert alike(made, made) == float(bool(bands(made)))


@pytest.mark.parametrize("made", [b"", b"\x01\x02", bytes(520), of(numbered(0, 40))[:-1], of("short")[:-1]])
def test_what_is_no_signature_is_refused(made: bytes) -> None:
    with pytest.raises(RecordError):
        bands(made)
    with pytest.raises(RecordError):
        alike(made, of("short"))


def test_the_syndicated_sample_is_a_copy_and_no_other_is() -> None:
    made = {s.file[:2]: signature(sample(s.file[:2])) for s in samples()}
    assert {(a, b) for a, b in combinations(sorted(made), 2) if same_text(made[a], made[b])} == {("02", "07")}
    assert set(bands(made["02"])) & set(bands(made["07"]))


@pytest.mark.parametrize("name", sorted(set(bench.EDITS) - {"one word in ten changed", "the first sixth"}))
def test_edited_copies_are_found(name: str) -> None:
    made = bench.outcome(bench.EDITS[name], every=5)
    # one in a hundred of those cut and edited shares no band; none of these 34 does
    assert made.found == made.reports == 34
    assert made.contained_low > CONTAINED


def test_independent_reports_are_no_copies() -> None:
    assert max(contained(a, b) for a, b in bench.pairs()) < 0.1


def test_reports_of_one_event_with_the_same_official_words_are_no_copies() -> None:
    shares = {(a, b): contained(ours()[a], ours()[b]) for a, b in combinations(ours(), 2)}
    assert 0.1 < shares["market-agency", "market-daily"] < 0.3
    assert 0.1 < shares["strait-agency", "strait-daily"] < 0.3
    assert 0.4 < shares["bulletin-monday", "bulletin-tuesday"] < CONTAINED
    assert regroup(ours()) == {}


def test_briefs_of_one_formula_are_no_copies() -> None:
    formula = "At least {} people were killed and {} injured on {} when a bomb went off at a {} in {}, the police said."
    one = of(formula.format("nine", "14", "Monday", "market", "Quetta") + " Nobody has said so far who was behind it.")
    two = of(formula.format("four", "20", "Sunday", "checkpoint", "Aden") + " Doctors fear that more may die by night.")
    assert not same_text(one, two)


def test_a_group_is_named_after_its_smallest_id() -> None:
    text = numbered(0, 50)
    made = {"doc_c": of(text), "doc_a": of(text + " more"), "doc_b": of(numbered(50, 90))}
    name = "syn_" + sha256(b"doc_a").hexdigest()[:20]
    assert regroup(made) == {"doc_a": name, "doc_c": name}
    assert regroup({**made, "doc_0": of(text)})["doc_c"] == "syn_" + sha256(b"doc_0").hexdigest()[:20]


def test_copies_of_a_copy_are_of_one_group() -> None:
    first, middle, last = of(numbered(0, 200)), of(numbered(60, 260)), of(numbered(120, 320))
    assert same_text(first, middle)
    assert same_text(middle, last)
    assert not same_text(first, last)
    assert len(set(regroup({"a": first, "b": last, "c": middle}).values())) == 1
    assert regroup({"a": first, "b": last}) == {}


def test_a_group_may_have_hundreds() -> None:
    made = {f"doc_{n:03}": of(numbered(0, 100 + n % 50)) for n in range(400)}
    groups = regroup(made)
    assert groups.keys() == made.keys()
    assert len(set(groups.values())) == 1


@cache
def pool() -> tuple[bytes, ...]:
    """Copies, cut copies of copies and others, many of which share bands."""
    kept = [(0, 200), (60, 260), (120, 320), (0, 70), (150, 400), (400, 500), (430, 520), (900, 990), (0, 10), (0, 11)]
    return tuple(of(numbered(*span)) for span in kept)


@given(
    st.dictionaries(st.text("0123456789abcdef", min_size=1, max_size=4), st.integers(0, 9), max_size=14), st.randoms()
)
def test_groups_depend_on_the_set_of_documents_alone(chosen: dict[str, int], dice: Random) -> None:
    made = {name: pool()[n] for name, n in chosen.items()}
    whole = regroup(made)
    order = list(made)
    dice.shuffle(order)
    assert regroup({name: made[name] for name in order}) == whole
    # as the ledger does it: each new document beside the groups of those with which it shares a band
    groups: dict[str, str] = {}
    for n, name in enumerate(order):
        near = {other for other in order[:n] if set(bands(made[other])) & set(bands(made[name]))}
        ids = {groups[other] for other in near if other in groups}
        touched = near | {name} | {other for other, group in groups.items() if group in ids}
        groups.update(regroup({other: made[other] for other in touched}))
    assert groups == whole


def test_the_thresholds_are_documented_as_they_are() -> None:
    assert f"{CONTAINED:.0%}".replace("%", " %") in DOCS
    assert f"{SHORT} words" in DOCS
    assert all(f"| {name} |" in DOCS for name in bench.EDITS)
