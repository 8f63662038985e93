"""Whether the packages hold what they should, and nothing else."""

import re
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

from releasing.packages import Packages

ROOT = Path(__file__).parents[2]
# Of the whole wheel, unpacked: so much more than today that only a mistake gets there.
LARGEST = 8_000_000
ENTRY_POINT = "[console_scripts]\nmigration-bot = bot.__main__:main\n"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
INFO = ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")
LINKS = ("Homepage", "Documentation", "Changelog", "Issues", "Source")

_BESIDE = {"PKG-INFO", ".gitignore"}
_UNWANTED = re.compile(r"(^|/)(tests?|__pycache__|node_modules|\.git\w*)/|\.(pyc|png|pem|key|env)$")


def complaints(packages: Packages, *, root: Path = ROOT, published: bool = False) -> list[str]:
    """What is wrong with them, each in a sentence.

    `published` asks for what only a release can say: where the project lives.
    """
    with zipfile.ZipFile(packages.wheel) as archive:
        files = {each.filename: each.file_size for each in archive.infolist()}
        info = next(name.partition("/")[0] for name in files if ".dist-info/" in name)
        metadata = BytesParser().parsebytes(archive.read(f"{info}/METADATA"))
        entry_points = archive.read(f"{info}/entry_points.txt").decode()
    return [
        *_in_wheel(files, info, root),
        *_in_sdist(packages.sdist, root),
        *_said(metadata, published=published),
        *([] if entry_points == ENTRY_POINT else ["The command migration-bot is not what it was."]),
    ]


def source_files(root: Path = ROOT) -> set[str]:
    """Every file of the package, by its path from the top of the repository."""
    places = (each for each in (root / "bot").rglob("*") if each.is_file())
    names = (each.relative_to(root).as_posix() for each in places)
    return {each for each in names if "__pycache__" not in each}


def _in_wheel(files: dict[str, int], info: str, root: Path) -> Iterator[str]:
    demo = ((root / "prisma").rglob("*"), "bot/demo/prisma", root / "prisma")
    schemas = (
        (root / "docs/reference").glob("*.schema.json"),
        "bot/schemas",
        root / "docs/reference",
    )
    wanted = source_files(root)
    for paths, there, here in (demo, schemas):
        wanted |= {
            f"{there}/{each.relative_to(here).as_posix()}" for each in paths if each.is_file()
        }
    wanted |= {
        f"{info}/{each}"
        for each in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")
    }
    yield from _differing("wheel", set(files), wanted)
    if sum(files.values()) > LARGEST:
        yield f"The wheel takes {sum(files.values()):,} bytes unpacked; {LARGEST:,} are allowed."


def _in_sdist(sdist: Path, root: Path) -> Iterator[str]:
    with tarfile.open(sdist) as archive:
        names = {each.name.partition("/")[2] for each in archive if each.isfile()}
        kinds = {each.type for each in archive}
    folders = ("bot", "docs/reference", "prisma", ".ci/releasing")
    single = {
        ".ci/release",
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "SECURITY.md",
        "pyproject.toml",
    }
    wanted = single | {
        each.relative_to(root).as_posix()
        for folder in folders
        for each in (root / folder).rglob("*")
        if each.is_file() and "__pycache__" not in each.parts
    }
    yield from _differing("source distribution", names - _BESIDE, wanted)
    if kinds - {tarfile.REGTYPE, tarfile.DIRTYPE}:
        yield "The source distribution holds something that is no file."


def _differing(what: str, there: set[str], wanted: set[str]) -> Iterator[str]:
    for name in sorted(wanted - there):
        yield f"The {what} lacks {name}."
    for name in sorted(there - wanted):
        yield f"The {what} should not have {name}."
    for name in sorted(each for each in there & wanted if _UNWANTED.search(each)):
        yield f"The {what} has {name}, which belongs in no package."


def _said(metadata: Message, *, published: bool) -> Iterator[str]:
    def every(name: str) -> Iterable[str]:
        return [str(each) for each in metadata.get_all(name, [])]

    pythons = {f"Programming Language :: Python :: {each}" for each in PYTHONS}
    if missing := pythons - set(every("Classifier")):
        yield f"The metadata does not name {', '.join(sorted(missing))}."
    for name in ("Summary", "Keywords", "License-Expression", "Requires-Python", "Author"):
        if not metadata.get(name):
            yield f"The metadata has no {name}."
    if metadata.get("Description-Content-Type") != "text/markdown" or not metadata.get_payload():
        yield "The metadata has no page."
    links = {each.partition(",")[0] for each in every("Project-URL")}
    if published and (missing := set(LINKS) - links):
        yield f"The metadata has no link {', '.join(sorted(missing))}: nobody said where we live."
