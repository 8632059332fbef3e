"""`casus serve`: a ledger as pages and an API, on this machine unless asked otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casus.cli_base import FINE, json_option, ledger_option, put, say
from casus.config import Config
from casus.errors import LedgerError, OutputError, UsageError

if TYPE_CHECKING:
    from casus.web.access import Role, Tokens
    from casus.web.settings import Settings

HOST, PORT = "127.0.0.1", 8311
# seconds that answers which have begun are given when the server is stopped
GRACE_S = 3
ROLES = ("read", "review", "admin")
_ALL = frozenset({"0.0.0.0", "::", ""})


@click.command("serve", short_help="Look at a ledger in a browser, and ask it over HTTP.")
@click.option("--host", default=HOST, metavar="ADDRESS", help=f"Where to listen; {HOST} is this machine alone.")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, metavar="N", help=f"{PORT}; 0 for any.")
@click.option("--token", metavar="SECRET", help="Who shows this may do all; needed to listen beyond this machine.")
@click.option("--name", "names", multiple=True, metavar="HOST", help="Another name by which the server is called.")
@click.option("--new-token", metavar="NAME", help="Make a token for NAME, show it once, and end.")
@click.option("--role", type=click.Choice(ROLES), default="review", help="--new-token: what it is for; review.")
@ledger_option
@json_option
def serve(
    *,
    host: str,
    port: int,
    token: str | None,
    names: tuple[str, ...],
    new_token: str | None,
    role: Role,
    ledger: Path | None,
    as_json: bool,
) -> int:
    """Serve a ledger: pages to look at it and decide, and an API below /api/1. Ctrl-C ends it.

    It listens to this machine alone. Anywhere else it listens only where there is a token: one given with --token, or
    those that --new-token made, which are kept, hashed, in a file beside the ledger.

    \b
    casus serve
    casus serve --ledger border.casus --port 0
    casus serve --new-token ana --role review
    casus serve --host 0.0.0.0 --name casus.example.org
    """
    config = Config.load()
    path = ledger or config.ledger
    if not path.exists():
        raise LedgerError(f"there is no ledger at {path}", "`casus add REPORTS` makes one; --ledger names another")
    if new_token is not None:
        return _make_token(path, new_token, role, as_json)
    settings = _settings(config, path, host, token, names)
    if not settings.tokens and not is_loopback(host):
        hint = "make tokens with --new-token NAME, or give one with --token SECRET"
        raise UsageError(f"at {host} others could reach the ledger, and there is no token", hint)
    if settings.tokens and not is_loopback(host):
        say("note: what is sent is not encrypted; put a proxy that speaks TLS before it where others share the network")
    _run(path, settings, host, port, as_json=as_json)
    return FINE


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches that address."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _make_token(path: Path, name: str, role: Role, as_json: bool) -> int:
    from casus.web.access import new_token, tokens_path  # noqa: PLC0415

    secret = new_token(tokens_path(path), name, role)
    if as_json:
        put(json.dumps({"name": name, "role": role, "token": secret}))
    else:
        click.echo(secret)
        say(f"{name} may {role}; the token is kept nowhere but here: {tokens_path(path)} holds only its hash")
    return FINE


def _settings(config: Config, path: Path, host: str, token: str | None, names: tuple[str, ...]) -> Settings:
    from casus.notebook import who_decides  # noqa: PLC0415
    from casus.web.settings import Settings  # noqa: PLC0415 - FastAPI takes half a second

    by = who_decides(config)
    here = {"localhost", "127.0.0.1", "::1"}
    bound = host.strip("[]").lower()
    called = (here if is_loopback(host) or bound in _ALL else set()) | ({bound} - _ALL) | {n.lower() for n in names}
    return Settings(
        config=config, names=frozenset(called), any_address=bound in _ALL, tokens=_tokens(path, by, token), by=by
    )


def _tokens(path: Path, by: str, token: str | None) -> Tokens:
    from casus.web.access import Token, Tokens, read_tokens, tokens_path  # noqa: PLC0415

    own = [] if token is None else [Token.of(by, "admin", token)]
    return Tokens([*own, *read_tokens(tokens_path(path))])


def _run(path: Path, settings: Settings, host: str, port: int, *, as_json: bool) -> None:
    """Serves until it is interrupted. Raises OutputError where it cannot listen there."""
    import uvicorn  # noqa: PLC0415

    from casus.web.app import create_app  # noqa: PLC0415

    class Server(uvicorn.Server):
        """Says where it listens, once it does."""

        async def startup(self, *given: Any, **named: Any) -> None:
            """As in uvicorn."""
            await super().startup(*given, **named)
            if self.started:
                _say_where(path, self.servers[0].sockets[0].getsockname(), as_json=as_json)

    told = uvicorn.Config(
        create_app(path, settings), host=host.strip("[]"), port=port, log_config=None, access_log=False,
        server_header=False, proxy_headers=False, lifespan="on", ws="none", timeout_graceful_shutdown=GRACE_S,
    )  # fmt: skip
    _quietly(Server(told).run, host, port)
    say("stopped")


def _quietly(run: Callable[[], None], host: str, port: int) -> None:
    """Runs the server; being interrupted is how it ends."""
    try:
        run()
    except KeyboardInterrupt:
        return
    except SystemExit as error:
        # uvicorn has written why
        raise OutputError(f"nothing can listen at {host}, port {port}", "give another --port, or 0 for any") from error


def _say_where(path: Path, socket_name: tuple[Any, ...], *, as_json: bool) -> None:
    host, port = socket_name[:2]
    called = f"[{host}]" if ":" in host else host
    address = f"http://{called}:{port}/"
    if as_json:
        put(json.dumps({"address": address, "ledger": str(path)}))
    else:
        click.echo(f"{path} is served at {address}")
        say("Ctrl-C ends it")
