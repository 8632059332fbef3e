"""Writes the commands out for people: `python -m casus.cli_markdown > docs/commands.md`."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator

import click

from casus.cli import app

_HEAD = """\
# Commands

<!-- written by `python -m casus.cli_markdown`; a test holds it equal to the code -->

What `casus COMMAND --help` says. How commands are used is told in [reading reports](reading.md), [the
ledger](ledger.md), [exports](export.md) and the guides; [settings](settings.md) go for all of them.

Exit codes: 0 fine, 1 error, 2 wrong usage, 3 finished but something failed, 130 interrupted; see
[errors](errors.md#exit-codes).
"""
# what every command takes
_EVERYWHERE = frozenset({"--help"})


def page() -> str:
    """The whole page."""
    context = click.Context(app, info_name="casus")
    names = app.list_commands(context)
    told = [(name, app.get_command(context, name)) for name in names]
    parts = [_HEAD.rstrip(), "\n".join(f"- [`casus {n}`](#casus-{n}): {_short(c)}" for n, c in told if c)]
    return "\n\n".join([*parts, *(_command(n, c) for n, c in told if c)]) + "\n"


def _short(command: click.Command) -> str:
    return command.get_short_help_str(limit=200)


def _command(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"casus {name}")
    usage = " ".join([f"casus {name}", *command.collect_usage_pieces(context)])
    parts = [f"## casus {name}", *_help(command), f"```text\n{usage}\n```"]
    options = [p for p in command.get_params(context) if isinstance(p, click.Option) and not _EVERYWHERE & {*p.opts}]
    if options:
        parts.append("\n".join(["| option | what |", "|---|---|", *(_option(context, o) for o in options)]))
    return "\n\n".join(parts)


def _help(command: click.Command) -> Iterator[str]:
    """The paragraphs of its help; those whose lines stand as they are (after a \\b) are examples."""
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        if paragraph.startswith("\b\n"):
            yield f"```sh\n{paragraph[2:]}\n```"
        else:
            yield _plain(paragraph.splitlines())


def _plain(lines: Iterable[str]) -> str:
    """Words in which no sign means anything to Markdown, but for words between back-ticks."""
    words = " ".join(" ".join(lines).split()).split("`")
    return "`".join(part if n % 2 else _escaped(part) for n, part in enumerate(words))


def _escaped(words: str) -> str:
    for sign in "\\*_<|[":
        words = words.replace(sign, f"\\{sign}")
    return words


def _option(context: click.Context, option: click.Option) -> str:
    told = option.get_help_record(context)
    names, words = told if told else (", ".join(option.opts), option.help or "")
    return f"| `{names.replace('|', chr(92) + '|')}` | {_plain([words])} |"


if __name__ == "__main__":
    sys.stdout.write(page())
