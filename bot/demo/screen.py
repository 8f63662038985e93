"""How the demo looks in a terminal: numbered scenes, the comment as the author reads it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

_WIDEST = 100
# One that holds no other: folds are taken from the inside out.
_FOLD = re.compile(
    r"<details(?P<open> open)?>\s*<summary>(?P<title>(?:(?!<details).)*?)</summary>"
    r"(?P<body>(?:(?!<details).)*?)</details>",
    re.S,
)
_BREAK = re.compile(r"<br>\n?")
# Of a folder, beside its name: a terminal has no room for it in a table.
_NUMBER = re.compile(r"<br>`\d{14}`")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_MARKER = re.compile(r"<!--.*?-->", re.S)


class Screen:
    """Writes scenes to one console. `interactive` shows spinners while jobs run."""

    def __init__(self, *, colour: bool = True) -> None:
        self._console = Console(no_color=not colour, highlight=False)
        self._console.width = min(self._console.width, _WIDEST)
        self._scene = 0

    def title(self, text: str, below: str) -> None:
        self._console.print()
        self._console.print(Text(text, style="bold"))
        self._console.print(Text(below, style="dim"))

    def scene(self, text: str) -> None:
        self._scene += 1
        self._console.print()
        self._console.rule(Text(f"{self._scene}. {text}", style="bold"), align="left")

    def note(self, text: str) -> None:
        self._console.print(Padding(Text(text), (0, 0, 0, 3)))

    def log(self, text: str, *, lines: int = 12) -> None:
        """The end of a job's log, as it stands there."""
        tail = [line for line in text.rstrip().splitlines() if not line.startswith("::")][-lines:]
        self._console.print(Padding(Text("\n".join(tail), style="dim"), (0, 0, 0, 3)))

    def comment(self, body: str, *, short: bool = False) -> None:
        """The comment; `short` leaves out what is folded."""
        shown = Markdown(readable(body, short=short))
        self._console.print(Panel(shown, title="the comment on the pull request", padding=(1, 2)))

    @contextmanager
    def working(self, text: str) -> Iterator[None]:
        if self._console.is_terminal:
            with self._console.status(Text(text)):
                yield
        else:
            yield

    def plain(self, text: str) -> None:
        """Whatever is there to paste stays in one piece, however narrow the terminal is."""
        self._console.print(Text.from_ansi(text), soft_wrap=True)


def readable(body: str, *, short: bool) -> str:
    """GitHub's Markdown as a terminal can show it: HTML gone, folds as titles with their text."""

    def unfold(match: re.Match[str]) -> str:
        title = _TAG.sub("", match["title"]).strip()
        if short or not match["open"]:
            return f"\n▸ {title}\n"
        return f"\n▾ {title}\n\n{match['body'].strip()}\n"

    text = _MARKER.sub("", body)
    while _FOLD.search(text):
        text = _FOLD.sub(unfold, text)
    lines = _NUMBER.sub("", text).splitlines(keepends=True)
    broken = (_BREAK.sub(" · " if each.startswith("|") else "  \n", each) for each in lines)
    return unescape(_TAG.sub("", "".join(broken))).strip()
