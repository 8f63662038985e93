"""The documents as the site has them: where each goes, and where its links lead from there.

The documents are written for GitHub, where a link is a path of the repository. On the site a link
to another document stays one, a schema is a file beside its page, and everything else is at GitHub.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_RENAMED = {
    "README.md": "index.md",
    "docs/README.md": "contents.md",
    "docs/rules/README.md": "rules/index.md",
}
# The name by which Sphinx knows PostgreSQL's own SQL, with its `$$`.
_SQL = re.compile(r"^( *```)sql$", re.M)
_CODE = re.compile(r"^( *)```.*?^\1```$|`[^`\n]+`", re.M | re.S)
_LINK = re.compile(r"(?<!\\)\]\(([^)\s]+)\)")
# GitHub has the two pictures in one element, and the theme in two images.
_PICTURE = re.compile(
    r'<picture>\s*<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)">\s*'
    r'<img alt="([^"]+)" src="([^"]+)" width="(\d+)">\s*</picture>'
)


@dataclass(frozen=True)
class Place:
    """Where the repository is, for links to what is no page: a name and a commit of it."""

    repository: str
    commit: str

    def url_of(self, path: str, *, folder: bool) -> str:
        kind = "tree" if folder else "blob"
        return f"https://github.com/{self.repository}/{kind}/{self.commit}/{path}"


def documents(root: Path) -> Iterator[str]:
    """The paths of all documents in the repository."""
    for path in [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]:
        yield path.relative_to(root).as_posix()


def page_of(path: str) -> str | None:
    """Where the site has the document or the file; nothing if it has it not."""
    if path in _RENAMED:
        return _RENAMED[path]
    if "/" not in path and path.endswith(".md"):
        return path.lower()  # CHANGELOG.md, CONTRIBUTING.md
    if path.startswith("docs/") and path.endswith((".md", ".schema.json", ".png", ".svg")):
        return path.removeprefix("docs/")
    return None


def on_site(text: str, path: str, *, root: Path, place: Place) -> str:
    """The text of a document as the site has it."""

    def led(match: re.Match[str]) -> str:
        return f"]({_led(match[1], path, root=root, place=place)})"

    def pictured(match: re.Match[str]) -> str:
        dark, alternative, light, width = match.groups()
        return "\n".join(
            f"![{alternative}]({picture}){{.only-{theme} width={width}px}}"
            for theme, picture in (("light", light), ("dark", dark))
        )

    return _beside_code(text, lambda prose: _LINK.sub(led, _PICTURE.sub(pictured, prose)))


def _beside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with its prose changed, and its code left alone."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    changed = change(_CODE.sub(keep, text))
    whole = re.sub(r"\0(\d+)\0", lambda match: kept[int(match[1])], changed)
    return _SQL.sub(r"\1postgresql", whole)


def _led(link: str, path: str, *, root: Path, place: Place) -> str:
    """The link of that document, from its page."""
    there, hash_sign, anchor = link.partition("#")
    if "://" in link or not there:
        return link
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), there))
    page, here = page_of(target), page_of(path)
    assert here is not None
    if page is None:
        return place.url_of(target, folder=(root / target).is_dir()) + hash_sign + anchor
    relative = posixpath.relpath(page, posixpath.dirname(here) or ".")
    if page.endswith(".schema.json"):
        return f"beside:{relative}"
    return relative + hash_sign + anchor
