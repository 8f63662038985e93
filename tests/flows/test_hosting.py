"""What a doctor sees of GitHub, with a checkout and a GitHub in memory."""

from dataclasses import replace

import pytest

from bot.core.doctor.check import Check, Group, State
from bot.core.doctor.hosting import EnvironmentLook, RepositoryLook
from bot.core.initial import Pin
from bot.flows.hosting import hosting
from bot.initial import starting_files, starting_files_for
from bot.world import World
from tests.fakes import FakeCheckout, FakeGitHub, history, world
from tests.flows.several import NAMES, settings

PIN = Pin("acme/migration-bot", "0123456789" * 4)
CHECK = ".github/workflows/migration-check.yml"


def place(files: dict[str, str], github: FakeGitHub | None = None) -> World:
    return world(FakeCheckout(history(), files=files), {}, github=github)


def begun(**more: str) -> dict[str, str]:
    given = {"branch": "main", "folder": "prisma/migrations"} | more
    return starting_files(PIN, branch=given["branch"], folder=given["folder"], exists=True)


def by_name(group: Group) -> dict[str, Check]:
    return {each.name: each for each in group.checks}


def test_what_init_wrote_is_in_order_and_its_environments_are_looked_at() -> None:
    guarded = tuple(EnvironmentLook(each, limited=True) for each in ("staging", "production"))
    github = FakeGitHub(
        looks=RepositoryLook("main", required=("Migrations",), environments=guarded)
    )
    found = hosting([place(begun(), github)])
    assert {each.state for each in found.checks} == {State.PASS}
    assert github.looked_at == ["staging", "production"]


@pytest.mark.parametrize("branch", ["main", "trunk"])
def test_the_branch_that_was_named_is_no_difference(branch: str) -> None:
    found = by_name(hosting([place(begun(branch=branch))]))
    assert found["workflow-texts"].state is State.PASS


def test_a_workflow_that_was_changed_or_taken_out_is_told() -> None:
    files = begun()
    files[CHECK] = files[CHECK].replace("permissions: {}", "permissions: write-all")
    del files[".github/workflows/migration-drift.yml"]
    found = by_name(hosting([place(files)]))
    assert CHECK in found["workflow-texts"].said
    assert "migration-drift.yml" in found["workflows"].said
    assert found["workflow-pins"].state is State.PASS


def test_a_bot_that_is_named_by_its_branch_fails() -> None:
    files = {path: text.replace(PIN.commit, "main") for path, text in begun().items()}
    found = by_name(hosting([place(files)]))
    assert found["workflow-pins"].state is State.FAIL
    assert found["workflow-texts"].state is State.PASS


def test_several_databases_share_their_workflows_and_want_a_check_each() -> None:
    both = [settings(each) for each in NAMES]
    files = starting_files_for(both, PIN, branch="main")
    github = FakeGitHub(looks=RepositoryLook("main", required=("Migrations",)))
    worlds = [replace(place(files, github), settings=each) for each in both]
    found = by_name(hosting(worlds))
    assert found["workflow-texts"].state is State.PASS
    assert f"Migrations ({both[0].database})" in found["required-check"].said
    assert github.looked_at == ["staging", "production"]


def test_a_github_that_is_down_is_told_beside_the_workflows() -> None:
    found = by_name(hosting([place(begun(), FakeGitHub(down=True))]))
    assert found["token"].state is State.FAIL
    assert found["workflow-texts"].state is State.PASS
