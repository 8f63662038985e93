"""Pictures of the comment as GitHub shows it: `python -m docs.pictures.make`.

The comments are the demo's own. The renderer and its styles are installed by npm into `.cache`;
Chromium takes the picture. Needs npm and Chromium, so the pictures are committed.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.demo.screen import Screen
from bot.demo.story import tell

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache" / "pictures"
STYLES = CACHE / "node_modules" / "github-markdown-css"
COLOURS = CACHE / "node_modules" / "@wooorm" / "starry-night" / "style"
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
<body><div class="box"><header><b>github-actions</b> <i>bot</i> commented</header>
<article class="markdown-body">{body}</article></div></body></html>
"""

_BOX = """
body {{ margin: 0; padding: 12px; background: {back}; }}
.box {{ border: 1px solid {edge}; border-radius: 6px; overflow: hidden; }}
header {{ padding: 8px 16px; font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", sans-serif;
  color: {faint}; background: {head}; border-bottom: 1px solid {edge}; }}
header b {{ color: {text}; }}
header i {{ font-style: normal; font-size: 12px; border: 1px solid {edge}; border-radius: 2em;
  padding: 0 7px; }}
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
class Picture:
    """One picture: which of the demo's comments, in what light, and how large in pixels."""

    name: str
    comment: int
    width: int
    height: int
    dark: bool = False


PICTURES = (
    Picture("comment", comment=0, width=900, height=760),
    Picture("comment-dark", comment=-1, width=900, height=520, dark=True),
    Picture("comment-phone", comment=-1, width=390, height=760, dark=True),
)


class Album(Screen):
    """A screen that keeps the comments it is shown, and says nothing."""

    def __init__(self) -> None:
        super().__init__(colour=False)
        self._console.quiet = True
        self.comments: list[str] = []

    def comment(self, body: str, *, short: bool = False) -> None:
        self.comments.append(body)


def main() -> None:
    """Make them all, or those whose names are given."""
    wanted = sys.argv[1:]
    album = Album()
    tell(album)
    _install()
    for picture in PICTURES:
        if not wanted or picture.name in wanted:
            page = page_of(_rendered(album.comments[picture.comment]), dark=picture.dark)
            _take(picture, page)


def page_of(body: str, *, dark: bool) -> str:
    """A page with a rendered comment in a box like GitHub's."""
    return _PAGE.format(styles="\n".join(_styles(dark)), body=body)


def _styles(dark: bool) -> Iterator[str]:
    shade = "dark" if dark else "light"
    yield (STYLES / f"github-markdown-{shade}.css").read_text("utf-8")
    yield (COLOURS / f"{shade}.css").read_text("utf-8")
    yield _BOX.format(**(_DARK if dark else _LIGHT))


def _install() -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "render.mjs"):
        shutil.copy(HERE / name, CACHE / name)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
    subprocess.run(command, cwd=CACHE, check=True)  # noqa: S603


def _rendered(markdown: str) -> str:
    made = subprocess.run(
        ["node", "render.mjs"],  # noqa: S607
        cwd=CACHE,
        input=markdown,
        capture_output=True,
        text=True,
        check=True,
    )
    return made.stdout


def _take(picture: Picture, page: str) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("error: no Chromium was found.\nhint:  Install one (Debian: apt install chromium)")
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "page.html"
        path.write_text(page, "utf-8")
        command = [
            *(chromium, *CHROMIUM, f"--user-data-dir={place}/profile"),
            f"--window-size={picture.width},{picture.height}",
            f"--screenshot={HERE / picture.name}.png",
            path.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603


if __name__ == "__main__":
    main()
