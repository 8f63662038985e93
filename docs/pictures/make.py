"""Pictures of the comment as GitHub shows it: `python -m docs.pictures.make`.

The first are of the demo's own comments, the others of every state that a comment can be in. The
renderer and its styles are installed by npm into `.cache`; Chromium takes the picture. Needs npm
and Chromium, so the pictures are committed.
"""

import sys
from dataclasses import replace

from bot.demo.screen import Screen
from bot.demo.story import tell
from bot.report.comment.comment import render_comment
from docs.pictures.drawing import HERE, Sheet, draw, install, rendered
from docs.pictures.states import states

STATES = (
    "all-well",
    "warnings",
    "blocked",
    "sixty-migrations",
    "waiting-for-approval",
    "staging-done",
    "production-done",
    "production-failed",
    "rolled-back",
)
# Which of the demo's comments it is.
FIRST, LAST = "demo: first", "demo: last"
_DEMO = (
    Sheet("comment", (FIRST,), width=900),
    Sheet("comment-dark", (FIRST,), width=900, dark=True),
    Sheet("comment-phone", (LAST,), width=390, dark=True),
)
_EACH = tuple(Sheet(f"state-{name}", (name,), width=900) for name in STATES)
_PHONES = Sheet("states-phone", STATES, width=1500, columns=5, zoom=0.72, height=760)
PICTURES = (
    *_DEMO,
    *_EACH,
    Sheet("states-dark", STATES, width=1500, dark=True, columns=3, zoom=0.55, height=820),
    _PHONES,
    replace(_PHONES, name="states-phone-dark", dark=True),
)
KEY = "5f1d7a84db00d2fc"


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
    chosen = [each for each in PICTURES if not wanted or each.name in wanted]
    install()
    bodies = comments({name for sheet in chosen for name in sheet.comments})
    html = dict(zip(bodies, rendered(list(bodies.values())), strict=True))
    for sheet in chosen:
        draw(sheet, [html[name] for name in sheet.comments], HERE)


def comments(names: set[str]) -> dict[str, str]:
    """The Markdown of comments by name, made as far as any of them is asked for."""
    found: dict[str, str] = {}
    if names & {FIRST, LAST}:
        album = Album()
        tell(album)
        found |= {FIRST: album.comments[0], LAST: album.comments[-1]}
    if names - {FIRST, LAST}:
        found |= {name: render_comment(report, KEY) for name, report in states().items()}
    return {name: found[name] for name in found if name in names}


if __name__ == "__main__":
    main()
