"""Members of archives by their names: which are worth a look, and the names under which they are handed on."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import Literal

Worth = Literal["yes", "no", "look"]

_YES = frozenset({
    ".txt", ".text", ".md", ".html", ".htm", ".xhtml", ".mhtml", ".mht", ".json", ".jsonl", ".ndjson", ".csv", ".tsv",
    ".tab", ".xlsx", ".xlsm", ".xml", ".rss", ".atom", ".rdf", ".opml", ".pdf", ".mbox", ".eml", ".warc", ".wacz",
    ".zip", ".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".gz", ".bz2", ".xz",
    # documents that are not read: better a word on each than silence
    ".doc", ".docx", ".odt", ".rtf", ".epub", ".ppt", ".pptx",
})  # fmt: skip
_NO = frozenset({
    ".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".ico", ".bmp", ".tif", ".tiff", ".heic", ".psd",
    ".css", ".scss", ".less", ".js", ".mjs", ".ts", ".map", ".wasm", ".woff", ".woff2", ".ttf", ".otf", ".eot",
    ".mp3", ".mp4", ".m4a", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".ogg", ".oga", ".ogv", ".wav", ".flac", ".vtt",
    ".srt", ".exe", ".dll", ".so", ".db", ".sqlite", ".ini", ".lock", ".py", ".pyc", ".sh", ".class",
    ".sig", ".asc", ".md5", ".sha1", ".sha256", ".cdx", ".cdxj", ".idx",
})  # fmt: skip
# Files that sites and systems lay beside the reports.
_NO_NAMES = frozenset({"robots.txt", "ads.txt", "app-ads.txt", "humans.txt", "security.txt", "llms.txt"})
_HIDDEN = re.compile(r"\.[^.]")
_PACKED = re.compile(r"\.(?:gz|bz2|xz)\Z|(?<=\.t)(?:gz|bz2?|xz)\Z", re.IGNORECASE)
# Control characters, marks that turn the direction of writing, and halves of characters.
_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# Longer names are cut in the middle; file systems allow 255 bytes for a name.
_SHOWN = 200


def worth(name: str) -> Worth:
    """Whether a member is a report by its name; "look": only where its bytes say so."""
    path = PurePosixPath(name)
    if any(p == "__MACOSX" or _HIDDEN.match(p) for p in path.parts):
        return "no"
    suffix = path.suffix.lower()
    if suffix in _NO or path.name.lower() in _NO_NAMES:
        return "no"
    return "yes" if suffix in _YES else "look"


def unpacked_name(name: str) -> str:
    """The name of what lies in a packed file: "a.jsonl" of "a.jsonl.gz", "a.tar" of "a.tgz"."""
    return _PACKED.sub(lambda found: "" if found[0].startswith(".") else "ar", name)


def harmless(name: str) -> str:
    """A name to show and to keep: no control characters, and not absurdly long. Nothing is written under it."""
    name = _HARMFUL.sub("\ufffd", name)
    if len(name) <= _SHOWN:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{name[:100]}…{digest}…{name[-60:]}"


class Names:
    """The names of one archive's members, made different where two are the same; remembers eight bytes of each."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()
        self._times: dict[bytes, int] = {}

    def distinct(self, name: str) -> str:
        """The name, or "a (2).html" for the second "a.html"; what is packed counts under its name unpacked."""
        if self._add(name):
            return name
        folder, slash, base = name.rpartition("/")
        stem, dot, rest = base.partition(".")
        key = self._key(name)
        while True:
            self._times[key] = self._times.get(key, 1) + 1
            other = f"{folder}{slash}{stem} ({self._times[key]}){dot}{rest}"
            if self._add(other):
                return other

    def _add(self, name: str) -> bool:
        key = self._key(name)
        new = key not in self._seen
        self._seen.add(key)
        return new

    @staticmethod
    def _key(name: str) -> bytes:
        return hashlib.blake2b(unpacked_name(name).encode("utf-8", "surrogatepass"), digest_size=8).digest()
