"""The changelog, cut into its sections."""

import re
from datetime import date

UNRELEASED = "Unreleased"
_HEADING = re.compile(r"^## \[(?P<name>[^\]]+)\](?: - (?P<day>\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)
_NOTHING_YET = "\n## [Unreleased]\n\n## [{version}] - {day}\n"


class NotThere(LookupError):
    """The changelog has no such section."""


def section(text: str, name: str) -> str:
    """What stands below the heading of that version, without the heading."""
    found = next((each for each in _HEADING.finditer(text) if each["name"] == name), None)
    if found is None:
        raise NotThere(f"CHANGELOG.md has no section [{name}]")
    after = _HEADING.search(text, found.end())
    return text[found.end() : after.start() if after else None].strip()


def day_of(text: str, name: str) -> date | None:
    """When that version was released; None if its heading gives no day."""
    found = next((each for each in _HEADING.finditer(text) if each["name"] == name), None)
    return date.fromisoformat(found["day"]) if found and found["day"] else None


def released(text: str, version: str, day: date) -> str:
    """The changelog with what was unreleased told under that version."""
    heading = f"\n## [{UNRELEASED}]\n"
    if text.count(heading) != 1:
        raise NotThere(f"CHANGELOG.md has no section [{UNRELEASED}], or more than one")
    return text.replace(heading, _NOTHING_YET.format(version=version, day=day.isoformat()))
