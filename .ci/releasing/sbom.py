"""What an installed bot is made of, as CycloneDX, and whether that is what the lock file names."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from releasing.hatch_build import address
from releasing.version import ROOT, current

NAME = "migration-bot"
LOCK = ROOT / "requirements.txt"
_LOCKED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)(?P<marker> ;)?", re.MULTILINE)
_ROOT_COMPONENT = """\
[project]
name = {name}
version = {version}
description = "Safe PostgreSQL schema change by pull request, for Prisma Migrate folders."
license = "MIT"
{urls}
"""


def make(python: Path, file: Path) -> list[str]:
    """Write the bill of that Python's environment; returns what is wrong with it.

    cyclonedx-py asks its own schema before it writes.
    """
    with tempfile.TemporaryDirectory() as place:
        project = Path(place, "pyproject.toml")
        project.write_text(_project(), "utf-8")
        command = [sys.executable, "-I", "-m", "cyclonedx_py", "environment"]
        options = ["--output-reproducible", "--pyproject", str(project), "--validate"]
        subprocess.run(  # noqa: S603 - a list of arguments, no shell
            [*command, *options, "--output-file", str(file), str(python)], check=True
        )
    return problems(json.loads(file.read_text("utf-8")), LOCK.read_text("utf-8"), current())


def problems(bill: dict[str, Any], lock: str, version: str) -> list[str]:
    """Where the bill and the lock file differ, each in a sentence."""
    return list(_differences(bill, lock, version))


def _differences(bill: dict[str, Any], lock: str, version: str) -> Iterator[str]:
    about = bill.get("metadata", {}).get("component", {})
    if (about.get("name"), about.get("version")) != (NAME, version):
        yield f"The bill is about {about.get('name')} {about.get('version')}, not {NAME} {version}."
    there = {_normal(each["name"]): each["version"] for each in bill.get("components", [])}
    locked = {_normal(each["name"]): each for each in _LOCKED.finditer(lock)}
    for name in sorted(there.keys() - locked.keys() - {NAME}):
        yield f"The environment has {name} {there[name]}, which the lock file does not name."
    for name, each in sorted(locked.items()):
        if name not in there and not each["marker"]:
            yield f"The lock file names {name} {each['version']}, which the bill lacks."
        elif name in there and there[name] != each["version"]:
            yield f"The bill has {name} {there[name]}; the lock file names {each['version']}."


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _project() -> str:
    """The root component; its version is not in our own pyproject.toml."""
    urls = f"urls = {{Source = {json.dumps(address())}}}" if address() else ""
    return _ROOT_COMPONENT.format(name=json.dumps(NAME), version=json.dumps(current()), urls=urls)
