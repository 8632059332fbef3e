"""How often a pronoun among the gold actors and recipients resolves to the right WHO: a rough check.

    python training/measure_anaphora.py [--gold /work/shared/gold] [--dev] [--errors N]

Right: the antecedent shares a word with another, non-pronoun string of the same WHO in the document, or
with the country's name or demonym. Where the document has no such string the pronoun is not counted.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pycountry
from measure_attribution import documents, words_of

from casus.reader.anaphora import antecedents
from casus.reader.mentions import mentions

PRONOUNS = frozenset(
    [
        "he",
        "she",
        "they",
        "it",
        "him",
        "her",
        "them",
        "his",
        "its",
        "their",
        "we",
        "us",
        "our",
        "i",
        "me",
        "who",
        "which",
    ]
)
STEMS = {"USA": "america", "GBR": "brit", "FRA": "fren", "DEU": "german", "RUS": "russia", "TUR": "turk",
         "SYR": "syria", "IRN": "iran", "PRK": "north korea", "KOR": "south korea", "CHN": "chin"}  # fmt: skip


def country_words(who: str) -> str | None:
    if who in STEMS:
        return STEMS[who]
    country = pycountry.countries.get(alpha_3=who) if re.fullmatch(r"[A-Z]{3}", who) else None
    return country.name.split(",")[0].lower()[:5] if country else None


def known_words(claims: list[dict[str, Any]]) -> dict[str, set[str]]:
    out: dict[str, set[str]] = defaultdict(set)
    for claim in claims:
        for role in ("actor", "recipient"):
            for name, who in zip(claim.get(role) or [], claim.get(role + "_is") or [], strict=False):
                if name.lower() not in PRONOUNS:
                    out[who.split("/")[0]] |= words_of(name)
    shared = Counter(word for words in out.values() for word in words)
    return {who: {w for w in words if shared[w] == 1} for who, words in out.items()}


def check(doc: dict[str, Any], claims: list[dict[str, Any]]) -> Iterator[tuple[bool, str, tuple[str, ...]]]:
    """(right, pronoun, row to print) for each pronoun among the gold actors and recipients."""
    text, sentences = doc["text"], [tuple(s) for s in doc["sentences"]]
    found = antecedents(text, sentences, mentions(text, sentences))
    known = known_words(claims)
    for claim in claims:
        a, b = sentences[claim["s"]]
        for role in ("actor", "recipient"):
            for name, full in zip(claim.get(role) or [], claim.get(role + "_is") or [], strict=False):
                who = full.split("/")[0]
                hits = [m.start() for m in re.finditer(rf"\b{re.escape(name)}\b", text[a:b])]
                if name.lower() not in PRONOUNS or name == "US" or who == "?" or not hits:
                    continue
                at = a + min(hits, key=lambda h: abs(a + h - claim["span"][0]))
                got = found.get((at, at + len(name)))
                stem, said = country_words(who), got.text.lower() if got else ""
                shared = words_of(said) & (known.get(who, set()) | words_of(who))
                right = bool(got) and bool(shared or (stem is not None and stem in said))
                around = text[max(0, a - 150) : b].replace("\n", " ")
                yield right, name.lower(), (name, full, said, got.why if got else "unresolved", around, doc["id"])


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--gold", type=Path, default=Path("/work/shared/gold"))
    args.add_argument("--dev", action="store_true", help="one aggregate figure on the held-out documents")
    args.add_argument("--errors", type=int, default=0)
    options = args.parse_args()
    checked = [row for doc, claims in documents(options.gold, options.dev) for row in check(doc, claims)]
    right = sum(ok for ok, _, _ in checked)
    print(f"pronouns right {right / max(1, len(checked)):.3f} of {len(checked)}")
    if options.dev:
        return
    total, good = Counter(form for _, form, _ in checked), Counter(form for ok, form, _ in checked if ok)
    print({form: f"{good[form]}/{n}" for form, n in total.most_common()})
    for row in [row for ok, _, row in checked if not ok][: options.errors]:
        print(" | ".join(row))


if __name__ == "__main__":
    main()
