"""Who owns a path, by the rules of GitHub's CODEOWNERS files.

They are those of .gitignore with exceptions (GitHub: "About code owners"): no `!`, no `[ ]`, no
backslash before a leading `#`; a line with such, or with an owner that cannot be one, is skipped.
"""

import re
from collections.abc import Iterator
from functools import cache

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""The first of these that is there is the only one that is read."""
MOST_BYTES = 3 * 1024 * 1024
"""GitHub does not load a larger one."""

_OWNER = re.compile(
    r"@[A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9_.-]+)?|[^@\s]+@[^@\s]+\.[^@\s]+", re.ASCII
)
_FIELDS = re.compile(r"(?:\\.|[^\s\\])+")


def owners_of(text: str, path: str) -> tuple[str, ...]:
    """The owners of a file as they are written, `@user`, `@org/team` or an e-mail address.

    The last line that fits counts, also if it names nobody: then nobody owns the file.
    """
    found: tuple[str, ...] = ()
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        return found
    for pattern, owners in _lines(text):
        if _expression(pattern).fullmatch(path) is not None:
            found = owners
    return found


def _lines(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in text.splitlines():
        pattern, *owners = _until_comment(_FIELDS.findall(line)) or [""]
        valid = (
            pattern.strip("/")
            and not pattern.startswith(("!", "\\#"))
            and not set("[]") & set(pattern)
        )
        if valid and all(_OWNER.fullmatch(each) for each in owners):
            yield pattern, tuple(owners)


def _until_comment(fields: list[str]) -> list[str]:
    at = next((n for n, each in enumerate(fields) if each.startswith("#")), len(fields))
    return fields[:at]


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    """The paths of files that a pattern fits.

    A pattern with a slash before its end starts at the top; any other fits at every depth. One that
    names a folder fits all that is in it; `docs/*` only what is in it directly.
    """
    folder = pattern.endswith("/")
    body = pattern.strip("/")
    anchored = pattern.startswith("/") or "/" in body
    parts = body.split("/")
    made = "" if anchored else "(?:.*/)?"
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == "**":
            made += ".*" if last else "(?:.*/)?"
        else:
            made += _part(part) + ("" if last else "/")
    return re.compile(made + _ending(parts, folder=folder), re.DOTALL)


def _ending(parts: list[str], *, folder: bool) -> str:
    if folder:
        return "/.+"
    if parts[-1] == "**" or (parts[-1] == "*" and len(parts) > 1):
        return ""
    return "(?:/.+)?"


def _part(part: str) -> str:
    made = ""
    characters = iter(part)
    for character in characters:
        if character == "*":
            made += "[^/]*"
        elif character == "?":
            made += "[^/]"
        else:
            made += re.escape(next(characters, "\\") if character == "\\" else character)
    return made
