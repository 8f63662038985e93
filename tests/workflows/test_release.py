"""The release: in which order, by whom, and with which scripts."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from releasing.audit import PYTHONS
from tests.harness.documents import load
from tests.workflows.files import ROOT, jobs

RELEASE = ROOT / ".github/workflows/release.yml"
PUBLISHING = ("pypi", "github", "registry")
TOOLS = ("gh", "docker")


def needed(name: str) -> set[str]:
    """Every job that must have gone well before that one begins."""
    first = jobs(RELEASE)[name].get("needs", [])
    return set(first).union(*(needed(each) for each in first))


def script(job: str, step: str) -> Mapping[str, Any]:
    (found,) = [each for each in jobs(RELEASE)[job]["steps"] if each["name"] == step]
    return dict(found)


@pytest.mark.parametrize("name", PUBLISHING)
def test_nothing_is_published_that_was_not_tested_built_signed_for_and_tried(name: str) -> None:
    assert needed(name) >= {"build", "test", "image", "provenance"}


def test_the_tests_are_those_of_every_merge_on_every_python() -> None:
    ours, theirs = jobs(RELEASE)["test"], jobs(ROOT / ".github/workflows/ci.yml")["test"]
    assert tuple(ours["strategy"]["matrix"]["python"]) == PYTHONS
    assert ours["steps"] == theirs["steps"]


@pytest.mark.parametrize("name", ["provenance", *PUBLISHING])
def test_beside_what_can_sign_or_publish_no_code_of_the_repository_runs(name: str) -> None:
    steps = jobs(RELEASE)[name]["steps"]
    assert not [each for each in steps if "checkout" in each.get("uses", "")]
    assert not [each for each in steps if "setup-" in each.get("uses", "")]


def test_only_what_signs_or_publishes_is_known_to_others() -> None:
    trusted = {name for name, job in jobs(RELEASE).items() if "id-token" in job["permissions"]}
    assert trusted == {"provenance", "pypi", "registry"}


def test_pypi_is_reached_from_one_environment_without_a_password() -> None:
    job = jobs(RELEASE)["pypi"]
    assert job["environment"] == {"name": "pypi"}
    assert "with" not in job["steps"][-1]
    assert "secrets." not in RELEASE.read_text("utf-8")


def test_what_is_published_is_what_was_built() -> None:
    handed_on = {
        step["with"]["name"]
        for job in ("build",)
        for step in jobs(RELEASE)[job]["steps"]
        if "upload-artifact" in step.get("uses", "")
    }
    taken = {
        step["with"]["name"]
        for job in ("provenance", "pypi", "github")
        for step in jobs(RELEASE)[job]["steps"]
        if "download-artifact" in step.get("uses", "")
    }
    assert taken == handed_on == {"dist", "beside"}


def test_only_a_tag_that_is_pushed_is_released() -> None:
    assert load(RELEASE)["on"] == {"push": {"tags": ["v*"]}, "workflow_dispatch": None}
    assert jobs(RELEASE)["provenance"]["if"] == "github.event_name == 'push'"
    assert all("provenance" in needed(name) for name in PUBLISHING)


def said(step: Mapping[str, Any], place: Path, environ: Mapping[str, str]) -> list[str]:
    """Run a script of the workflow with programs that only write down how they were called."""
    tools = place / "bin"
    tools.mkdir()
    diary = place / "diary"
    for name in TOOLS:
        tool = tools / name
        tool.write_text(f'#!/bin/sh\necho "{name} $*" >> {diary}\necho sha256:0\n', "utf-8")
        tool.chmod(0o755)
    given = {"PATH": f"{tools}:{os.environ['PATH']}", "GITHUB_OUTPUT": str(place / "output")}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=place, env={**given, **environ}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return diary.read_text("utf-8").splitlines()


@pytest.mark.parametrize(("tag", "kind"), [("v1.2.3", "--latest"), ("v1.2.3rc1", "--prerelease")])
def test_a_candidate_is_not_called_the_latest(tmp_path: Path, tag: str, kind: str) -> None:
    for name in ("dist/one.whl", "dist/one.tar.gz", "beside/migration-bot.cdx.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    (line,) = said(script("github", "Make the release"), tmp_path, {"GITHUB_REF_NAME": tag})

    assert line == (
        f"gh release create {tag} --verify-tag {kind} --title {tag} --notes-file beside/notes.md "
        "dist/one.tar.gz dist/one.whl beside/migration-bot.cdx.json"
    )


def test_both_images_go_under_one_name(tmp_path: Path) -> None:
    step = script("registry", "Push them under one name")
    environ = {"REPOSITORY": "Acme/Bot", "OWNER": "Acme", "TOKEN": "t0ken"}

    lines = said(step, tmp_path, environ | {"GITHUB_REF_NAME": "v1.2.3"})

    name = "ghcr.io/acme/bot:1.2.3"
    assert f"docker buildx imagetools create --tag {name} {name}-amd64 {name}-arm64" in lines
    assert lines[0] == "docker login ghcr.io --username Acme --password-stdin"
    assert lines[-1] == "docker logout ghcr.io"
    assert not [each for each in lines if "t0ken" in each]
    assert (tmp_path / "output").read_text() == "name=ghcr.io/acme/bot\ndigest=sha256:0\n"
