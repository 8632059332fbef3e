"""For the site: examples in docstrings (`>>> ...`) become blocks of code; Markdown takes them for quotations."""

from __future__ import annotations

import re
from typing import Any

import griffe

# an example, up to the empty line that ends it
_EXAMPLE = re.compile(r"^>>> .*\n?(?:^.*\S.*\n?)*", re.MULTILINE)


class Examples(griffe.Extension):
    """Fences each example of each docstring."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        if obj.docstring is not None:
            obj.docstring.value = _EXAMPLE.sub(lambda m: f"```pycon\n{m[0].rstrip()}\n```\n", obj.docstring.value)
