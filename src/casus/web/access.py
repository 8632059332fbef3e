"""Who may ask, and for what: tokens with a role, kept as scrypt hashes in a small file beside the ledger.

A token is random and long, so that nobody guesses it; it is hashed all the same, so that who reads the file cannot use
it. Roles: read looks, review decides, too, admin adds reports, too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from fastapi import Request

from casus.errors import DataError, UsageError
from casus.web.problems import RoleError

Role = Literal["read", "review", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
# OWASP's figures for scrypt (2024) with 16 MB: about 40 ms, which only the first request of a token takes
_N, _R, _P = 2**14, 8, 5
_REMEMBERED = 256
# what a token of a person's own must have at least; those that we make have 43
SHORTEST = 16


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks, under the name that decisions are written down with, and what role they have."""

    name: str
    role: Role

    def may(self, role: Role) -> bool:
        """Whether that role is theirs, or a lesser one than theirs."""
        return ROLES.index(role) <= ROLES.index(self.role)

    def require(self, role: Role) -> None:
        """Raises RoleError unless they may."""
        if not self.may(role):
            raise RoleError(f"that is for the role {role}, and {self.name} has {self.role}")


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept: whose, what for, and its scrypt hash with its salt, in hexadecimal."""

    name: str
    role: Role
    salt: str
    hash: str

    @classmethod
    def of(cls, name: str, role: Role, secret: str) -> Token:
        """Raises UsageError for a secret that could be guessed, or a name that cannot be written down."""
        if len(secret) < SHORTEST:
            raise UsageError(f"a token of fewer than {SHORTEST} characters can be guessed", "--new-token makes one")
        if not name.strip() or not name.isprintable():
            raise UsageError("a token is somebody's", "name who it is for")
        salt = secrets.token_hex(16)
        return cls(name, role, salt, _hash(secret, salt))

    def fits(self, secret: str) -> bool:
        """Whether this is the secret that it was made of."""
        return hmac.compare_digest(_hash(secret, self.salt), self.hash)


def _hash(secret: str, salt: str) -> str:
    made = hashlib.scrypt(secret.encode(), salt=bytes.fromhex(salt), n=_N, r=_R, p=_P, maxmem=64 * 2**20, dklen=32)
    return made.hex()


class Tokens:
    """The tokens of a server. What was checked once is remembered by a digest under a key of this process."""

    def __init__(self, tokens: Iterable[Token] = ()) -> None:
        self.tokens = tuple(tokens)
        self.key = secrets.token_bytes(32)
        self._known: dict[bytes, Principal] = {}
        self._one_at_a_time = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self.tokens)

    def known(self, secret: str) -> Principal | None:
        """Whose secret it is, where that was found out before."""
        return self._known.get(self._digest(secret))

    def find(self, secret: str) -> Principal | None:
        """Whose secret it is; takes some hundredths of a second for each token, and one caller at a time."""
        with self._one_at_a_time:
            if (known := self.known(secret)) is not None:
                return known
            # all are compared, so that the time does not say which one it was
            found = [t for t in self.tokens if t.fits(secret)]
            if not found:
                return None
            principal = Principal(found[0].name, found[0].role)
            if len(self._known) < _REMEMBERED:
                self._known[self._digest(secret)] = principal
            return principal

    def of_name(self, name: str) -> Principal | None:
        """The holder of that name."""
        return next((Principal(t.name, t.role) for t in self.tokens if t.name == name), None)

    def _digest(self, secret: str) -> bytes:
        return hmac.digest(self.key, b"known " + secret.encode(errors="surrogatepass"), "sha256")


def tokens_path(ledger: Path) -> Path:
    """Where a ledger's tokens lie: beside it."""
    return ledger.with_name(f"{ledger.name}.tokens")


def read_tokens(path: Path) -> list[Token]:
    """The tokens in that file, one a line of JSON; none where there is no file. Raises DataError."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"the tokens in {path} cannot be read: {error}", "check the file") from error
    try:
        found = [Token(**json.loads(line)) for line in lines if line.strip()]
    except (ValueError, TypeError) as error:
        raise DataError(f"{path} holds no tokens: {error}", "`casus serve --new-token NAME` makes one") from error
    for token in found:
        if token.role not in ROLES or not re.fullmatch(r"[0-9a-f]{32}", token.salt):
            raise DataError(f"{path}: the token of {token.name!r} is damaged", "take its line out, and make a new one")
    return found


def new_token(path: Path, name: str, role: Role) -> str:
    """Makes a token for a name that has none yet, keeps its hash in that file, and gives the token, which is nowhere
    else. The file is its owner's alone. Raises UsageError."""
    kept = read_tokens(path)
    if any(token.name == name for token in kept):
        raise UsageError(f"{name} has a token already", f"to make a new one, take its line out of {path}")
    secret = secrets.token_urlsafe(32)
    made = Token.of(name, role, secret)
    line = json.dumps({"name": made.name, "role": made.role, "salt": made.salt, "hash": made.hash}, ensure_ascii=False)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as out:
        with suppress(OSError):  # a file system without such rights
            path.chmod(0o600)
        out.write(f"{line}\n")
    return secret


def principal_of(request: Request) -> Principal:
    """Who asks; `security.Guard` has found it out."""
    found: Principal = request.scope["casus.principal"]
    return found
