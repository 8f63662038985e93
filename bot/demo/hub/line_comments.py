"""Comments on lines of a pull request's difference: where GitHub takes them, and where not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.demo.hub.deeds import fork_point, require_body
from bot.demo.hub.objects import changes
from bot.demo.hub.records import LineComment, PullRequest, Review
from bot.demo.hub.refusal import unprocessable
from bot.demo.hub.routing import Request
from bot.demo.hub.state import State

_HUNK = re.compile(r"@@ -\S+ \+(\d+)")


@dataclass(frozen=True)
class Place:
    """Where a comment was asked for, found in the difference. `position` counts lines of it."""

    path: str
    line: int
    start_line: int | None
    position: int
    hunk: str
    body: str


def place_of(request: Request, wanted: Mapping[str, Any]) -> Place:
    """Raises a refusal for a file or a line that the pull request does not touch."""
    path, line, start = wanted.get("path"), wanted.get("line"), wanted.get("start_line")
    if {wanted.get("side", "RIGHT"), wanted.get("start_side", "RIGHT")} != {"RIGHT"}:
        raise unprocessable("Line could not be resolved")
    patch = _patch(request, path)
    positions = right_lines(patch)
    if line not in positions or (start is not None and start not in positions):
        raise unprocessable("Line could not be resolved")
    if start is not None and start >= line:
        raise unprocessable("Start line must precede the end line.")
    at = positions[line]
    hunk = "\n".join(patch.split("\n")[: at + 1])
    return Place(str(path), line, start, at, hunk, require_body(wanted.get("body", "")))


def add_line_comment(state: State, pull: PullRequest, review: Review, place: Place) -> None:
    made = LineComment(
        state.next_id(),
        review,
        place.path,
        place.line,
        place.start_line,
        place.position,
        place.hunk,
        place.body,
        review.submitted_at,
    )
    pull.line_comments[made.id] = made


def answer_line_comment(
    state: State, pull: PullRequest, review: Review, first: LineComment, body: str
) -> LineComment:
    made = replace(
        first,
        id=state.next_id(),
        review=review,
        body=body,
        updated_at=review.submitted_at,
        answers=first.id,
        resolved_by=None,
        minimized=None,
    )
    pull.line_comments[made.id] = made
    return made


def right_lines(patch: str) -> dict[int, int]:
    """The lines of the new file that a patch shows, each with its line in the patch."""
    found: dict[int, int] = {}
    number = 0
    for position, text in enumerate(patch.split("\n")):
        if hunk := _HUNK.match(text):
            number = int(hunk[1])
        elif text[:1] in ("+", " "):
            found[number] = position
            number += 1
    return found


def _patch(request: Request, path: object) -> str:
    at, pull = request.repository, request.pull
    for change in changes(at.git, fork_point(at, pull), pull.head_sha):
        if change.filename == path and change.patch:
            return change.patch
    raise unprocessable("Path could not be resolved")
