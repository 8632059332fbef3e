"""How the server is to behave: what it may be called, who may ask, how much at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from casus.config import Config
from casus.pipeline import Reads, open_reader
from casus.web.access import Tokens

# A report of 5 MB is the most that intake takes; JSON around it and escapes in it make it longer.
BODY_BYTES = 8_000_000
# A form of ours holds a reason and some ids.
FORM_BYTES = 256_000
# A person with keys decides once a second at most; a program that decides is to be slowed down, not kept out.
WRITES_A_MINUTE, WRITES_AT_ONCE = 120, 40
# Exports at once: each holds a thread and a snapshot of the ledger until its reader has it all.
EXPORTS = 4
# Posts that wait for the reader, which takes about a third of a second for a report.
WAITING_POSTS = 8
# Seconds after which an export is given up whose reader takes nothing.
PATIENCE_S = 60.0
# Threads that answer: each has a ledger open, with a cache of up to 64 MB.
THREADS = 8


@dataclass(frozen=True, slots=True)
class Settings:
    """`names` are the hosts by which the server may be called, without ports; with `any_address`, a number will do, too
    (a server that is bound to all addresses). `tokens` are who may ask; with none, whoever reaches it may do all.
    `by` is who decides where no token says it. `reader` opens what reads the reports that are posted.
    """

    config: Config = field(default_factory=Config.load)
    names: frozenset[str] = frozenset({"localhost", "127.0.0.1", "::1"})
    any_address: bool = False
    tokens: Tokens = field(default_factory=Tokens)
    by: str = "somebody"
    reader: Callable[[Config], Reads] = open_reader
    body_bytes: int = BODY_BYTES
    form_bytes: int = FORM_BYTES
    writes_a_minute: int = WRITES_A_MINUTE
    writes_at_once: int = WRITES_AT_ONCE
    exports: int = EXPORTS
    waiting_posts: int = WAITING_POSTS
    patience: float = PATIENCE_S
    threads: int = THREADS
