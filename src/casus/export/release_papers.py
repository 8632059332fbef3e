"""What goes with the tables of a release for people: LICENCE, CITATION.cff and README.md, of the manifest alone."""

from __future__ import annotations

import json
from collections.abc import Mapping

from casus.export.release_manifest import File, Manifest, filter_fields

LICENCE, CITATION, README = "LICENCE", "CITATION.cff", "README.md"
# licences that data are given away under, by their SPDX names
_CREATIVE = "https://creativecommons.org"
KNOWN: Mapping[str, tuple[str, str]] = {
    "CC0-1.0": ("Creative Commons Zero 1.0", f"{_CREATIVE}/publicdomain/zero/1.0/"),
    "CC-BY-4.0": ("Creative Commons Attribution 4.0", f"{_CREATIVE}/licenses/by/4.0/"),
    "CC-BY-SA-4.0": ("Creative Commons Attribution-ShareAlike 4.0", f"{_CREATIVE}/licenses/by-sa/4.0/"),
    "CC-BY-NC-4.0": ("Creative Commons Attribution-NonCommercial 4.0", f"{_CREATIVE}/licenses/by-nc/4.0/"),
    "CC-BY-NC-SA-4.0": (
        "Creative Commons Attribution-NonCommercial-ShareAlike 4.0",
        f"{_CREATIVE}/licenses/by-nc-sa/4.0/",
    ),
    "CC-BY-ND-4.0": ("Creative Commons Attribution-NoDerivatives 4.0", f"{_CREATIVE}/licenses/by-nd/4.0/"),
    "ODC-By-1.0": ("Open Data Commons Attribution 1.0", "https://opendatacommons.org/licenses/by/1-0/"),
    "ODbL-1.0": ("Open Data Commons Open Database 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
    "PDDL-1.0": ("Open Data Commons Public Domain Dedication 1.0", "https://opendatacommons.org/licenses/pddl/1-0/"),
}
_OTHERS = """\
What others wrote is theirs. Words that are quoted from reports{texts} belong to their publishers, and stand
here so that each value can be checked.

Names, ids and coordinates of places come from GeoNames (https://www.geonames.org), under Creative Commons Attribution
4.0. Types and modes of events follow PLOVER, by the Open Event Data Alliance.
"""


def papers(manifest: Manifest) -> dict[str, bytes]:
    """The three files by name; the same bytes for the same release."""
    return {
        LICENCE: _licence(manifest).encode(),
        CITATION: _citation(manifest).encode(),
        README: _readme(manifest).encode(),
    }


def title_of(manifest: Manifest) -> str:
    """The title that was given, else one of the name."""
    return manifest.about.title or f"{manifest.name}: events and claims read from news reports with Casus"


def _authors(manifest: Manifest) -> tuple[str, ...]:
    return manifest.about.authors or (f"The authors of {manifest.name}",)


# ------------------------------------------------------------------ LICENCE


def _licence(manifest: Manifest) -> str:
    given = manifest.about.licence
    name, address = KNOWN.get(given, ("", ""))
    if name:
        words = f"This data set is licensed under {name} ({given}):\n{address}\n"
    elif given:
        words = f"{given.strip()}\n"
    else:
        words = "No licence was given. Ask the authors before you use or pass on this data set.\n"
    whose = "; ".join(_authors(manifest))
    return f"{title_of(manifest)}\n{whose}\n\n{words}\n{_OTHERS.format(texts=_texts(manifest))}"


def _texts(manifest: Manifest) -> str:
    return " and the texts of reports" if manifest.with_text else ""


# ------------------------------------------------------------------ CITATION.cff


def _citation(manifest: Manifest) -> str:
    """Citation File Format 1.2.0. A string of JSON is one of YAML, too."""
    lines = [
        "cff-version: 1.2.0",
        "message: If you use these data, please cite them as below.",
        "type: dataset",
        f"title: {_yaml(title_of(manifest))}",
        f"version: {_yaml(manifest.name)}",
    ]
    if manifest.state.at:
        lines.append(f"date-released: {_yaml(manifest.state.at[:10])}")
    if manifest.about.doi:
        lines.append(f"doi: {_yaml(manifest.about.doi)}")
    if manifest.about.licence in KNOWN:
        lines.append(f"license: {manifest.about.licence}")
    lines.append("authors:")
    for author in _authors(manifest):
        family, comma, given = (part.strip() for part in author.partition(","))
        if comma and family and given:
            lines += [f"  - family-names: {_yaml(family)}", f"    given-names: {_yaml(given)}"]
        else:
            lines.append(f"  - name: {_yaml(author)}")
    lines += [f"abstract: {_yaml(_abstract(manifest))}", "keywords:", "  - conflict", "  - event data", "  - PLOVER"]
    return "\n".join(lines) + "\n"


def _yaml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _abstract(manifest: Manifest) -> str:
    events, claims, reports = (
        f"{n:,} {word}{'' if n == 1 else 's'}"
        for n, word in ((manifest.counts[table], word) for table, word in _COUNTED.items())
    )
    at = f", {manifest.state.at}" if manifest.state.at else ""
    return (
        f"{events}, told by {claims} of {reports}: who did what to whom, where and when, who says so in which words, "
        f"and what is disputed. State of the ledger: step {manifest.state.step}{at}."
    )


_COUNTED = {"events": "event", "claims": "claim", "documents": "news report"}


# ------------------------------------------------------------------ README.md

_HOW = """\
## Reading it

Each table is there twice, with the same rows: Parquet keeps types, CSV opens everywhere. `codebook.csv` says what each
column means. Empty is unknown, never zero. In CSV an apostrophe stands in front of text that a spreadsheet would take
for a formula.

```python
import pandas
events = pandas.read_parquet("events.parquet")
claims = pandas.read_csv("claims.csv")
```

```r
events <- arrow::read_parquet("events.parquet")
claims <- readr::read_csv("claims.csv")
```

`events` and `claims` join by `event_id`, `claims` and `documents` by `document_id`. `changes` says of each version of
an event when and why it came to be.

## Checking it

`manifest.json` has the SHA-256 of every file, the state of the ledger and the recipes by which it was read and linked.

```sh
casus release --verify .
```
"""
_AGAIN = """
`replay/` holds what the events were made of, step by step: documents, claims, decisions. Of these, Casus makes the
release again, and says whether it comes out the same:

```sh
casus release --from . -o ../again{texts}
```
"""
_WANTED = """
The texts of the reports are not in it: `--texts` names a folder of them or a ledger that holds them. They are known by
their SHA-256 (`text_sha256` in `documents`).
"""
_PART = """
It is a part of its ledger, so it cannot be made again from what is in it alone.
"""


def _readme(manifest: Manifest) -> str:
    parts = [f"# {' '.join(title_of(manifest).split())}", _abstract(manifest)]
    if not manifest.whole:
        asked = "; ".join(f"{k} {v}" for k, v in filter_fields(manifest.asked).items())
        parts.append(f"Chosen of its ledger: {asked}.")
    cited = f"`{CITATION}` says how to cite it, `{LICENCE}` what may be done with it."
    parts.append(f"By {'; '.join(_authors(manifest))}. {cited}")
    files = sorted(manifest.files, key=lambda file: file.path)
    parts.append("\n".join(["| file | rows | bytes |", "|---|---|---|", *map(_line, files)]))
    parts.append(_HOW)
    if not manifest.whole:
        parts.append(_PART)
    elif manifest.with_text:
        parts.append(_AGAIN.format(texts=""))
    else:
        parts += [_AGAIN.format(texts=" --texts TEXTS"), _WANTED]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _line(file: File) -> str:
    return f"| `{file.path}` | {'' if file.rows is None else file.rows} | {file.bytes} |"
