"""One version in three places: the tag, the code and the changelog."""

import re
from datetime import date
from pathlib import Path

from releasing.changelog import UNRELEASED, NotThere, day_of, released, section
from releasing.hatch_build import version_of

ROOT = Path(__file__).parents[2]
CODE = Path("bot") / "__init__.py"
CHANGELOG = Path("CHANGELOG.md")
# Semantic Versioning, in the spelling that Python packages share with it.
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:(?:a|b|rc)[1-9]\d*)?")


def current(root: Path = ROOT) -> str:
    return version_of(root)


def changelog(root: Path = ROOT) -> str:
    return (root / CHANGELOG).read_text("utf-8")


def problems(tag: str, version: str, text: str, today: date) -> list[str]:
    """What keeps the tag from being released, each in a sentence."""
    found = []
    if not _VERSION.fullmatch(version):
        found.append(f"{CODE} says {version}, which is no version such as 1.2.3 or 1.2.3rc1.")
    if tag != f"v{version}":
        found.append(f"The tag is {tag}, but {CODE} says {version}: its tag would be v{version}.")
    try:
        notes, day = section(text, version), day_of(text, version)
    except NotThere as error:
        return [*found, f"{error}: `.ci/release prepare {version}` makes it."]
    if not notes:
        found.append(f"The section [{version}] of {CHANGELOG} says nothing.")
    if day is None:
        found.append(f"The section [{version}] of {CHANGELOG} has no day.")
    elif day > today:
        found.append(f"The section [{version}] of {CHANGELOG} is of {day}, which is to come.")
    if UNRELEASED in text and section(text, UNRELEASED):
        found.append(f"The section [{UNRELEASED}] of {CHANGELOG} is not empty.")
    return found


def prepare(version: str, day: date, root: Path = ROOT) -> None:
    """Write the version into the code, and what was unreleased under it into the changelog.

    Raises ValueError for what is no version or not newer than what the changelog has.
    """
    if not _VERSION.fullmatch(version):
        raise ValueError(f"{version} is no version such as 1.2.3 or 1.2.3rc1.")
    text = changelog(root)
    if not section(text, UNRELEASED):
        raise ValueError(f"There is nothing to release: [{UNRELEASED}] is empty.")
    if f"\n## [{version}]" in text:
        raise ValueError(f"{version} is in {CHANGELOG} already.")
    code = root / CODE
    before = code.read_text("utf-8")
    code.write_text(before.replace(f'"{version_of(root)}"', f'"{version}"', 1), "utf-8")
    (root / CHANGELOG).write_text(released(text, version, day), "utf-8")
