"""Everything that the site is made of, written into one folder: pages, schemas, pictures."""

import shutil
from pathlib import Path

from docs.site.navigation import CONTENTS, Part, parts_of, trees
from docs.site.sources import Place, documents, on_site, page_of

# A page of the list is enough of a way to two hundred of them; a navigation is none.
_ORPHAN = "---\norphan: true\n---\n\n"
_BACK = "[Rules](README.md)\n\n"


def gather(root: Path, pages: Path, files: Path, place: Place) -> None:
    """Pages are for Sphinx to make; files are copied into the site as they are."""
    for path in documents(root):
        text = (root / path).read_text("utf-8")
        if path.startswith("docs/rules/") and not path.endswith("/README.md"):
            text = _ORPHAN + _with_way_back(text)
        text = on_site(text, path, root=root, place=place)
        if path == "README.md":
            parts = parts_of((root / CONTENTS).read_text("utf-8"))
            text += trees((Part("Documentation", (_page(CONTENTS),)), *parts))
        _write(pages / _page(path), text)
    for picture in sorted((root / "docs").rglob("*.png")) + sorted((root / "docs").rglob("*.svg")):
        _copy(picture, pages / _page(picture.relative_to(root).as_posix()))
    for schema in sorted((root / "docs").rglob("*.schema.json")):
        _copy(schema, files / _page(schema.relative_to(root).as_posix()))


def _with_way_back(text: str) -> str:
    heading, _, rest = text.partition("\n\n")
    return f"{heading}\n\n{_BACK}{rest}"


def _page(path: str) -> str:
    page = page_of(path)
    assert page is not None, path
    return page


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _copy(source: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, path)
