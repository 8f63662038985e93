"""What is published: complete, nothing besides, and the same bytes for everybody."""

import os
import shutil
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from releasing.audit import PYTHONS, complaints
from releasing.hatch_build import REPOSITORY
from releasing.packages import EPOCH, Packages, build, digest
from tests.harness.documents import load
from tests.releasing.conftest import HOME

ROOT = Path(__file__).parents[2]


def with_more(packages: Packages, place: Path, name: str) -> Packages:
    wheel = Path(shutil.copy(packages.wheel, place))
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr(name, "something")
    return replace(packages, wheel=wheel)


def without(packages: Packages, place: Path, name: str) -> Packages:
    wheel = place / packages.wheel.name
    with zipfile.ZipFile(packages.wheel) as old, zipfile.ZipFile(wheel, "w") as new:
        assert name in old.namelist()
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
    return replace(packages, wheel=wheel)


def test_the_packages_hold_what_they_should_and_nothing_else(packages: Packages) -> None:
    assert complaints(packages, published=True) == []


@pytest.mark.parametrize(
    "name",
    ["tests/test_it.py", "bot/__pycache__/x.pyc", "docs/pictures/a.png", "bot/.env", "stray.py"],
)
def test_what_does_not_belong_there_is_found(packages: Packages, tmp_path: Path, name: str) -> None:
    assert f"The wheel should not have {name}." in complaints(with_more(packages, tmp_path, name))


@pytest.mark.parametrize(
    "name",
    [
        "bot/py.typed",
        "bot/report/templates/report.md.j2",
        "bot/schemas/configuration.schema.json",
        "bot/demo/prisma/schema.prisma",
        "bot/adapters/postgres/catalogue.sql",
    ],
)
def test_what_is_missing_is_found(packages: Packages, tmp_path: Path, name: str) -> None:
    assert f"The wheel lacks {name}." in complaints(without(packages, tmp_path, name))


def test_a_release_says_where_the_project_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(REPOSITORY, raising=False)
    built = build(tmp_path)
    assert complaints(built) == []
    (complaint,) = complaints(built, published=True)
    assert "nobody said where we live" in complaint


@pytest.mark.slow
def test_whoever_builds_them_gets_the_same_bytes(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    ours = shutil.ignore_patterns(
        ".git", ".venv", ".cache", ".*_cache", "__pycache__", "tests", "benchmarks", "node_modules"
    )
    shutil.copytree(ROOT, elsewhere, ignore=ours)
    elsewhere.joinpath("README.md").touch()
    environ = {**os.environ, EPOCH: "1700000000", REPOSITORY: HOME}
    before = os.umask(0o077)
    try:
        second = build(tmp_path / "second", root=elsewhere, environ=environ | {"TZ": "Asia/Tokyo"})
    finally:
        os.umask(before)
    first = build(tmp_path / "first", environ=environ)

    assert [digest(each) for each in first.both] == [digest(each) for each in second.both]


def test_the_pythons_that_are_named_are_those_that_are_tested() -> None:
    matrix = load(ROOT / ".github/workflows/ci.yml")["jobs"]["test"]["strategy"]["matrix"]
    assert tuple(matrix["python"]) == PYTHONS


def test_every_extra_is_described_where_the_installation_is() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    page = (ROOT / "docs/how-to/install.md").read_text("utf-8")
    assert [each for each in project["optional-dependencies"] if f"| `{each}` |" not in page] == []
