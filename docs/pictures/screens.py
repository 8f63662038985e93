"""From the lines of a terminal to a picture: Rich draws them as SVG, and Chromium takes it."""

import io
import math
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from docs.pictures.drawing import photographed

# Rich's own, with letters that are here: its picture asks a server for them.
_SVG = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font: {char_height}px/{line_height}px "DejaVu Sans Mono", monospace; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""
_SIZE = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')


def drawn(lines: Sequence[str], columns: int, made: Path) -> Path:
    """Lines with their colours, broken where a terminal so wide breaks them."""
    svg = as_svg(lines, columns)
    size = _SIZE.search(svg)
    assert size is not None
    with tempfile.TemporaryDirectory() as place:
        page = Path(place) / "screen.svg"
        page.write_text(svg, "utf-8")
        width, height = (math.ceil(float(each)) for each in size.groups())
        photographed(page, made, width, height)
    return made


def as_svg(lines: Sequence[str], columns: int) -> str:
    console = Console(
        record=True,
        width=columns,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
    )
    for line in Text.from_ansi("\n".join(lines)).split("\n", allow_blank=True):
        for start in range(0, len(line) or 1, columns):
            console.print(line[start : start + columns], soft_wrap=True, highlight=False)
    console.print()  # Rich cuts off what hangs below the last line.
    return console.export_svg(title="", code_format=_SVG, unique_id="screen")
