"""The list of all pages: what somebody wrote without naming it there gets a line by its kind."""

import re
from collections.abc import Mapping

from docs.site.navigation import Part, linked, parts_of

_TITLE = re.compile(r"^# (.+)$", re.M)
# The end of which part a new page goes to, by its folder; from there it can be moved by hand.
_PARTS = {
    "how-to": "Write a migration",
    "reference": "Reference",
    "explanation": "Explanation",
    "..": "The project",
    "": "The project",
}


def contents_page(contents: str, documents: Mapping[str, str]) -> str:
    """The contents with a line for each document (by its path from there) that had none."""
    for path, text in documents.items():
        if path not in linked(contents):
            title = _TITLE.search(text)
            assert title, path
            contents = _with_entry(contents, _part_of(path, parts_of(contents)), title[1], path)
    return contents


def _part_of(path: str, parts: tuple[Part, ...]) -> str:
    part = _PARTS[path.rpartition("/")[0]]
    assert part in {each.caption for each in parts}, part
    return part


def _with_entry(contents: str, part: str, title: str, path: str) -> str:
    before, heading, rest = contents.partition(f"## {part}\n")
    entries, following, after = rest.partition("\n## ")
    return f"{before}{heading}{entries.rstrip()}\n- [{title}]({path})\n{following}{after}"
