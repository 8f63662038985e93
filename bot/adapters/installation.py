"""Where this very bot came from: the commit it was installed from, or the checkout it runs in."""

import json
import re
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

_NAME = "migration-bot"
_ADDRESS = re.compile(r"[:/]([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+?)(?:\.git)?/?$")
_TOP = Path(__file__).parents[2]


def installed_from() -> str | None:
    """As OWNER/NAME@COMMIT; None if nothing says so, or what runs is not that commit as it is."""
    return _from_package() or _from_checkout(_TOP)


def _from_package() -> str | None:
    """pip writes down the repository that it took a package from."""
    try:
        text = distribution(_NAME).read_text("direct_url.json")
        found = json.loads(text) if text else {}
        return _pin(str(found["url"]), str(found["vcs_info"]["commit_id"]))
    except (PackageNotFoundError, ValueError, KeyError, TypeError):
        return None


def _from_checkout(folder: Path) -> str | None:
    """A checkout with changes of its own is at no commit that anybody else could fetch."""
    if _git(folder, "rev-parse", "--show-toplevel") != str(folder.resolve()):
        return None
    if _git(folder, "status", "--porcelain", "--untracked-files=no", "--", "bot", "action.yml"):
        return None
    address = _git(folder, "remote", "get-url", "origin")
    commit = _git(folder, "rev-parse", "HEAD")
    return _pin(address, commit) if address and commit else None


def _pin(address: str, commit: str) -> str | None:
    found = _ADDRESS.search(address)
    local = address.startswith(("/", ".", "file:"))
    return None if found is None or local else f"{found[1]}@{commit}"


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - a list of arguments, no shell
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - as it is found everywhere else
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
