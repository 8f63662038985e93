"""From Markdown to a picture: GitHub's renderer and styles from npm, and Chromium."""

import json
import math
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache" / "pictures"
STYLES = CACHE / "node_modules" / "github-markdown-css"
COLOURS = CACHE / "node_modules" / "@wooorm" / "starry-night" / "style"
SOURCES = ("package.json", "package-lock.json", "render.mjs", "squeeze.mjs")
CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><style>{styles}</style></head>
<body>{boxes}
<script>document.title = document.body.getBoundingClientRect().height</script></body></html>
"""
_BOX = """<section>{caption}
<div class="box"><header><b>github-actions</b> <i>bot</i> commented</header>
<article class="markdown-body">{body}</article></div></section>
"""
_STYLE = """
body {{ margin: 0; padding: 12px; box-sizing: border-box; width: {width}px; background: {back};
  display: grid; grid-template-columns: repeat({columns}, minmax(0, 1fr)); gap: 16px; }}
section {{ min-width: 0; }}
.box {{ border: 1px solid {edge}; border-radius: 6px; overflow: hidden; max-height: {height};
  zoom: {zoom}; }}
header {{ padding: 8px 16px; font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", sans-serif;
  color: {faint}; background: {head}; border-bottom: 1px solid {edge}; }}
header b {{ color: {text}; }}
header i {{ font-style: normal; font-size: 12px; border: 1px solid {edge}; border-radius: 2em;
  padding: 0 7px; }}
h6 {{ margin: 0 0 6px; font: 600 13px/1.5 -apple-system, "Segoe UI", "Noto Sans", sans-serif;
  color: {text}; }}
.markdown-body {{ padding: 16px; font-size: 14px; }}
"""
_LIGHT = {
    "back": "#ffffff",
    "edge": "#d1d9e0",
    "head": "#f6f8fa",
    "faint": "#59636e",
    "text": "#1f2328",
}
_DARK = {
    "back": "#0d1117",
    "edge": "#3d444d",
    "head": "#151b23",
    "faint": "#9198a1",
    "text": "#f0f6fc",
}


@dataclass(frozen=True)
class Sheet:
    """A picture of comments beside each other, each under its caption; of one, without a caption.

    `width` is the picture's, in pixels. `zoom` makes what is in it smaller, and `height` cuts it
    off, as a screen would.
    """

    name: str
    comments: tuple[str, ...]
    width: int
    dark: bool = False
    columns: int = 1
    zoom: float = 1.0
    height: int | None = None


def install() -> None:
    """What draws them, from npm.

    Exits where nothing can draw a check mark: the comment is full of them, and Chromium would put
    an empty box in place of each.
    """
    listed = ["fc-list", ":charset=2705"]
    if not subprocess.run(listed, check=True, capture_output=True).stdout:  # noqa: S603
        sys.exit(
            "error: No font here has the signs of the comment, such as ✅.\n"
            "hint:  Install one (Debian: apt install fonts-noto-color-emoji)"
        )
    CACHE.mkdir(parents=True, exist_ok=True)
    for name in SOURCES:
        shutil.copy(HERE / name, CACHE / name)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
    subprocess.run(command, cwd=CACHE, check=True)  # noqa: S603


def rendered(markdown: Sequence[str]) -> list[str]:
    """Each document as HTML, as GitHub would make it."""
    return list(json.loads(_node("render.mjs", json.dumps(markdown))))


def draw(sheet: Sheet, bodies: Sequence[str], folder: Path = HERE) -> Path:
    """Twice: once to learn how high the page is, once for the picture, which is then squeezed."""
    made = folder / f"{sheet.name}.png"
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "page.html"
        path.write_text(_page(sheet, bodies), "utf-8")
        answer = _chromium(place, path, sheet.width, 600, "--dump-dom")
        title = re.search(r"<title>([0-9.]+)</title>", answer)
        assert title is not None, "the page did not say how high it is"
        _chromium(place, path, sheet.width, math.ceil(float(title[1])), f"--screenshot={made}")
    _node("squeeze.mjs", "", str(made.resolve()))
    return made


def photographed(page: Path, made: Path, width: int, height: int, *, dark: bool = False) -> None:
    """A page as a screen of that size shows it, squeezed. In Chromium's settings 0 is dark."""
    light = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    with tempfile.TemporaryDirectory() as place:
        _chromium(place, page, width, height, light, f"--screenshot={made}")
    _node("squeeze.mjs", "", str(made.resolve()))


def _page(sheet: Sheet, bodies: Sequence[str]) -> str:
    boxes = (
        _BOX.format(caption=f"<h6>{name}</h6>" if len(bodies) > 1 else "", body=body)
        for name, body in zip(sheet.comments, bodies, strict=True)
    )
    return _PAGE.format(styles=_styles(sheet), boxes="".join(boxes))


def _styles(sheet: Sheet) -> str:
    shade = "dark" if sheet.dark else "light"
    own = _STYLE.format(
        width=sheet.width,
        columns=sheet.columns,
        zoom=sheet.zoom,
        height=f"{sheet.height}px" if sheet.height else "none",
        **(_DARK if sheet.dark else _LIGHT),
    )
    github = (STYLES / f"github-markdown-{shade}.css").read_text("utf-8")
    return "\n".join([github, (COLOURS / f"{shade}.css").read_text("utf-8"), own])


def _node(script: str, given: str, *arguments: str) -> str:
    made = subprocess.run(  # noqa: S603
        ["node", script, *arguments],  # noqa: S607
        cwd=CACHE,
        input=given,
        capture_output=True,
        text=True,
        check=True,
    )
    return made.stdout


def _chromium(place: str, page: Path, width: int, height: int, *tasks: str) -> str:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("error: No Chromium was found.\nhint:  Install one (Debian: apt install chromium)")
    size = f"--window-size={width},{height}"
    profile = f"--user-data-dir={place}/profile"
    done = subprocess.run(  # noqa: S603
        [chromium, *CHROMIUM, profile, size, *tasks, page.as_uri()],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout
