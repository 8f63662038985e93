"""The navigation of the site: the lists of docs/README.md, under its headings."""

import posixpath
import re
from dataclasses import dataclass

from docs.site.sources import page_of

CONTENTS = "docs/README.md"
_PART = re.compile(r"^## (.+)$", re.M)
_ENTRY = re.compile(r"^- \[[^\]]+\]\(([^)#\s]+\.md)\)", re.M)
_TREE = """
```{{toctree}}
:hidden:
:caption: {caption}

{entries}
```
"""


@dataclass(frozen=True)
class Part:
    """A kind of document, and the pages of the site that are of it."""

    caption: str
    pages: tuple[str, ...]


def parts_of(contents: str) -> tuple[Part, ...]:
    """Every heading of the contents with the pages below it."""
    pieces = _PART.split(contents)[1:]
    return tuple(
        Part(caption, tuple(_page(link) for link in _ENTRY.findall(text)))
        for caption, text in zip(pieces[::2], pieces[1::2], strict=True)
    )


def linked(contents: str) -> tuple[str, ...]:
    """The documents that the contents name, by their paths from there."""
    return tuple(_ENTRY.findall(contents))


def _page(link: str) -> str:
    page = page_of(posixpath.normpath(posixpath.join(posixpath.dirname(CONTENTS), link)))
    assert page is not None, link
    return page


def trees(parts: tuple[Part, ...]) -> str:
    """The parts as Sphinx is told of them, at the end of the first page."""
    return "".join(
        _TREE.format(caption=part.caption, entries="\n".join(part.pages)) for part in parts
    )
