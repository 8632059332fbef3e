"""Writes a plot as PNG, SVG, HTML or Vega-Lite JSON, without a network: all that a page needs stands in it.

JSON and SVG are the same bytes for the same plot; PNG and HTML for the same plot and version of vl-convert.
"""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from casus.analysis.extras import needed
from casus.errors import ExportError, UsageError
from casus.export.panel import written

if TYPE_CHECKING:
    from casus.analysis.look import Chart

Format = Literal["png", "svg", "html", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)
SCALE = 2.0  # dots to a pixel: a plot of 800 pixels is sharp on paper and on today's screens

# what the drawing of SVG counts up from one plot to the next in the same process
_COUNTED = re.compile(r"\b(clip|gradient_)(\d+)\b")


def format_of(path: Path) -> Format:
    """By the ending of the name. Raises UsageError."""
    found = next((f for f in FORMATS if path.suffix.lower() == f".{f}"), None)
    if found is None:
        raise UsageError(f"{path} ends in no format of a plot", f"one of {', '.join(f'.{f}' for f in FORMATS)}")
    return found


def write_plot(
    chart: Chart, path: Path, form: Format | None = None, *, scale: float = SCALE, overwrite: bool = True
) -> None:
    """Writes the plot to a file, whole or not at all; in the format of its ending unless one is given.

    `scale`: PNG dots to a pixel. Raises UsageError, OutputError, and ExportError where vl-convert is not installed.
    """
    made = plot_bytes(chart, form or format_of(path), scale=scale)
    with written(path, overwrite=overwrite) as out:
        out.write(made)


def plot_bytes(chart: Chart, form: Format, *, scale: float = SCALE) -> bytes:
    """The plot in that format."""
    spec = chart.to_json(indent=1 if form == "json" else None)
    if form == "json":
        return f"{spec}\n".encode()
    convert = needed("vl_convert", "plots")
    try:
        if form == "png":
            made: bytes = convert.vegalite_to_png(spec, scale=scale)
            return made
        if form == "svg":
            return f"{_renumbered(convert.vegalite_to_svg(spec))}\n".encode()
        return _page(convert.javascript_bundle(), spec).encode()
    except ValueError as error:
        raise ExportError(f"the plot cannot be drawn: {error}", "update altair and vl-convert-python") from error


def _renumbered(svg: str) -> str:
    """The same with its marks numbered from 0, whatever was drawn before."""
    seen: dict[str, int] = {}
    return _COUNTED.sub(lambda found: f"{found[1]}{seen.setdefault(found[0], len(seen))}", svg)


# scripts stand in the page itself; Vega makes functions of a plot's expressions; nothing is ever fetched
_POLICY = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:"
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
</head>
<body>
<div id="plot" role="img" aria-label="{title}"></div>
<script>{vega}</script>
<script>
vegaEmbed("#plot", {spec}, {{"renderer": "svg", "actions": false}}).catch(console.error);
</script>
</body>
</html>
"""


def _page(vega: str, spec: str) -> str:
    """A page that holds Vega and the plot. A name out of a report stays text there, whatever is in it."""
    title = html.escape(" ".join(json.loads(spec)["title"]["text"]))
    harmless = spec.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return _PAGE.format(policy=_POLICY, title=title, vega=vega, spec=harmless)
