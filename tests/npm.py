"""What tests borrow from npm: installed from a lock file, once for each version, into `.cache/`."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

CACHE = Path(__file__).parents[1] / ".cache"
_NOT_SOURCES = shutil.ignore_patterns("node_modules")


def ask(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def installed(
    source: Path, *, unasked: str, finish: Callable[[Path], None] = lambda folder: None
) -> Path:
    """A folder with the files of `source` and what its lock file names; `finish` may add to it.

    Skips the test, with what was `unasked` as the reason, where there is no npm, or where it cannot
    install; in CI the latter is a failure.
    """
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip(f"npm or node is missing: {unasked}")
    files = sorted(path for path in source.iterdir() if path.is_file())
    digest = sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    folder = CACHE / source.name / digest[:16]
    with _alone(CACHE / f"{source.name}.lock"):
        if not folder.exists():
            _install(source, folder, unasked, finish)
    return folder


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Other workers of pytest want the same: one installs, the others wait for it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install(source: Path, folder: Path, unasked: str, finish: Callable[[Path], None]) -> None:
    """In one piece, so that what was interrupted is not taken for installed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as place:
        half = Path(place) / "half"
        shutil.copytree(source, half, ignore=_NOT_SOURCES)
        done = ask("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=half)
        if done.returncode != 0 and "CI" not in os.environ:
            reason = (done.stderr.strip() or "it gave no reason").splitlines()[-1]
            pytest.skip(f"npm could not install: {unasked}: {reason}")
        assert done.returncode == 0, done.stderr
        finish(half)
        half.rename(folder)
