"""Ids that say what they are and are derived from content, so that they never move."""

from __future__ import annotations

import hashlib
import json
from typing import Literal

Prefix = Literal["doc", "clm", "evt", "act", "plc", "dec", "run"]
PREFIXES: tuple[Prefix, ...] = ("doc", "clm", "evt", "act", "plc", "dec", "run")

Part = str | int | float | bool | None | list["Part"] | tuple["Part", ...]


def content_id(prefix: Prefix, *parts: Part) -> str:
    """`prefix_` and 80 bits of SHA-256 over the parts (JSON, so that ("ab", "c") is not ("a", "bc")).

    80 bits: among 10^9 records the chance of one collision is below 10^-6.
    """
    if prefix not in PREFIXES:
        raise ValueError(f"unknown id prefix {prefix!r}")
    canonical = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return f"{prefix}_{hashlib.sha256(canonical.encode('utf-8', 'surrogatepass')).hexdigest()[:20]}"


def text_sha256(text: str) -> str:
    """SHA-256 of the text in UTF-8, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
