"""The wheel and the source distribution: built so that anybody gets the same bytes."""

import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
EPOCH = "SOURCE_DATE_EPOCH"


class NotReproducible(Exception):
    """The source distribution makes another wheel than the repository does."""


@dataclass(frozen=True)
class Packages:
    """What is published, as files."""

    wheel: Path
    sdist: Path

    @property
    def both(self) -> tuple[Path, Path]:
        return self.wheel, self.sdist


def build(place: Path, *, root: Path = ROOT, environ: Mapping[str, str] = os.environ) -> Packages:
    """Build both into `place`, and the wheel a second time from the source distribution.

    Raises NotReproducible where the two wheels differ.
    """
    environ = {**environ, EPOCH: environ.get(EPOCH) or _moment(root)}
    place.mkdir(parents=True, exist_ok=True)
    _hatchling(root, place, ("sdist", "wheel"), environ)
    built = found(place)
    with tempfile.TemporaryDirectory() as other:
        again = _from_sdist(built.sdist, Path(other), environ)
        if digest(again) != digest(built.wheel):
            raise NotReproducible(f"{built.sdist.name} makes another {built.wheel.name}")
    return built


def found(place: Path) -> Packages:
    """The one of each kind that is there."""
    (wheel,) = place.glob("*.whl")
    (sdist,) = place.glob("*.tar.gz")
    return Packages(wheel, sdist)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _from_sdist(sdist: Path, place: Path, environ: Mapping[str, str]) -> Path:
    with tarfile.open(sdist) as archive:
        archive.extractall(place, filter="data")
    (source,) = place.iterdir()
    _hatchling(source, place / "again", ("wheel",), environ)
    (wheel,) = (place / "again").glob("*.whl")
    return wheel


def _hatchling(root: Path, place: Path, kinds: tuple[str, ...], environ: Mapping[str, str]) -> None:
    targets = [word for kind in kinds for word in ("--target", kind)]
    subprocess.run(  # noqa: S603 - a list of arguments, no shell
        [sys.executable, "-I", "-m", "hatchling", "build", *targets, "--directory", place],
        cwd=root,
        env=dict(environ),
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _moment(root: Path) -> str:
    """When the commit was made, or a day long ago outside of a checkout."""
    try:
        done = subprocess.run(
            ["git", "log", "-1", "--format=%ct"],  # noqa: S607 - as it is found everywhere else
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "1577836800"
    return done.stdout.strip()
