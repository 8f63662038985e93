"""What hatchling is told besides pyproject.toml: where links lead, and which schemas go along.

It is loaded by its path, where nothing else of this project can be imported.
"""

import os
import re
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

# Where the project lives, as https://host/owner/name. A release sets it; a package that anybody
# else builds says nothing, rather than something that is not so.
REPOSITORY = "MIGRATION_BOT_REPOSITORY"
SCHEMAS = "docs/reference"

_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?/[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
_LINK = re.compile(r"(\]\()(?!https?://|#|mailto:)([^)\s]+)(?=\))")
_PICTURE = re.compile(r'( src(?:set)?=")(?!https?://)([^"]+)(?=")')
_VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)


def address() -> str:
    """The repository's, or "" if nobody said it."""
    given = os.environ.get(REPOSITORY, "").strip().removesuffix(".git").rstrip("/")
    if given and not _ADDRESS.fullmatch(given):
        raise ValueError(f"{REPOSITORY} is {given!r}; it should be https://host/owner/name")
    return given


def version_of(root: Path) -> str:
    found = _VERSION.search((root / "bot" / "__init__.py").read_text("utf-8"))
    if found is None:
        raise ValueError("bot/__init__.py names no version")
    return found[1]


def urls(repository: str, version: str) -> dict[str, str]:
    if not repository:
        return {}
    at = f"{repository}/blob/v{version}"
    return {
        "Homepage": repository,
        "Documentation": f"{at}/docs/quickstart.md",
        "Changelog": f"{at}/CHANGELOG.md",
        "Issues": f"{repository}/issues",
        "Source": f"{repository}/tree/v{version}",
    }


def readme(text: str, repository: str, version: str) -> str:
    """With links and pictures that lead somewhere from a page which is not in the repository."""
    if not repository:
        return text
    text = _LINK.sub(rf"\1{repository}/blob/v{version}/\2", text)
    return _PICTURE.sub(rf"\1{repository}/raw/v{version}/\2", text)


class Metadata(MetadataHookInterface):
    """Fills in what differs from one home of the project to another.

    A source distribution holds both in PKG-INFO already, and they are left as they are.
    """

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        root = Path(self.root)
        version, repository = version_of(root), address()
        if "urls" not in metadata:
            metadata["urls"] = urls(repository, version)
        if "readme" not in metadata:
            text = (root / "README.md").read_text("utf-8")
            metadata["readme"] = {
                "content-type": "text/markdown",
                "text": readme(text, repository, version),
            }


class Build(BuildHookInterface[Any]):
    """Takes every JSON Schema along, also those that are not written yet."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        for path in sorted(Path(self.root, SCHEMAS).glob("*.schema.json")):
            build_data["force_include"][str(path)] = f"bot/schemas/{path.name}"
