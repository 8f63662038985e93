"""Workflows that call others."""

from pathlib import Path
from textwrap import dedent

import pytest

from tests.harness import Event, HarnessError, Run, World, run_workflow
from tests.harness.test_workflow import FORK, PUSH, make_world

CALLED = """
on:
  workflow_call:
    inputs:
      target: {type: string, required: true}
      loud: {type: boolean, default: false}
    secrets:
      url: {required: true}
    outputs:
      said: {value: "${{ jobs.speak.outputs.said }}!"}
jobs:
  speak:
    if: inputs.loud
    runs-on: ubuntu-24.04
    permissions: {contents: read}
    outputs: {said: "${{ steps.say.outputs.said }}"}
    steps:
      - id: say
        env: {URL: "${{ secrets.url }}", OTHER: "${{ secrets.OTHER }}"}
        run: |
          echo "said=$URL $OTHER- ${{ inputs.target }}" >> "$GITHUB_OUTPUT"
          echo "${{ github.workflow }} ${{ github.token }}"
"""
CALLER = """
name: Caller
on: [push, pull_request]
jobs:
  call:
    permissions: {contents: read, pull-requests: write}
    uses: ./.github/workflows/called.yml
    with: {target: staging, loud: "${{ github.ref != '' }}"}
    secrets: {url: "${{ secrets.STAGING }}"}
  after:
    needs: call
    runs-on: ubuntu-24.04
    permissions: {}
    steps:
      - run: echo "${{ needs.call.outputs.said }}"
"""
SECRETS = {"STAGING": "postgresql://s", "OTHER": "canary"}


def call(
    tmp_path: Path,
    *,
    caller: str = CALLER,
    called: str = CALLED,
    event: Event = PUSH,
    **world: object,
) -> Run:
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    (folder / "caller.yml").write_text(dedent(caller), encoding="utf-8")
    (folder / "called.yml").write_text(dedent(called), encoding="utf-8")
    made: World = make_world(tmp_path, secrets=SECRETS, **world)
    return run_workflow(folder / "caller.yml", event, made)


def test_a_called_workflow_sees_what_it_is_given_and_gives_back_its_outputs(tmp_path: Path) -> None:
    done = call(tmp_path)
    assert done.jobs["call"].log == "Caller token for contents:read\n"
    assert done.jobs["after"].log == "postgresql://s - staging!\n"
    assert [leg.name for leg in done.jobs["call"].legs] == ["speak"]


def test_a_called_workflow_may_be_of_another_repository(tmp_path: Path) -> None:
    (tmp_path / "theirs.yml").write_text(dedent(CALLED), encoding="utf-8")
    name = "acme/bot/.github/workflows/check.yml"
    caller = CALLER.replace("./.github/workflows/called.yml", f"{name}@v1")
    done = call(tmp_path, caller=caller, called="", workflows={name: tmp_path / "theirs.yml"})
    assert done.conclusion == "success"


def test_all_secrets_are_inherited_only_if_that_is_said(tmp_path: Path) -> None:
    caller = CALLER.replace('{url: "${{ secrets.STAGING }}"}', "inherit")
    called = CALLED.replace("secrets.url", "secrets.STAGING")
    done = call(tmp_path, caller=caller, called=called)
    assert done.jobs["after"].log == "postgresql://s canary- staging!\n"


def test_a_fork_has_no_secret_to_pass_on(tmp_path: Path) -> None:
    done = call(tmp_path, event=FORK)
    assert done.jobs["after"].log == " - staging!\n"


def test_a_called_job_without_permissions_has_those_of_its_caller(tmp_path: Path) -> None:
    done = call(tmp_path, called=CALLED.replace("permissions: {contents: read}", ""))
    assert done.jobs["call"].log == "Caller token for contents:read,pull-requests:write\n"


def test_a_call_that_fails_fails_its_job(tmp_path: Path) -> None:
    done = call(tmp_path, called=CALLED.replace("run: |", "run: |\n          exit 3"))
    assert {name: job.result for name, job in done.jobs.items()} == {
        "call": "failure",
        "after": "skipped",
    }


@pytest.mark.parametrize(
    ("wrong", "right", "reason"),
    [
        ("{contents: read}", "{contents: write}", "asks for contents: write, and has"),
        ("{contents: read}", "{checks: read}", "asks for checks: read, and has checks: none"),
        ("workflow_call:", "workflow_dispatch:", "cannot be called"),
        ("type: string, required", "type: number, required", "is a number"),
        ("url: {required: true}", "key: {required: true}", "no such secret: url"),
        ("      target: {type: string, required: true}\n", "", "no such input: target"),
        ("loud: {type: boolean, default: false}", "more: {type: string}", "no such input: loud"),
    ],
)
def test_a_call_that_github_would_not_start_is_an_error(
    tmp_path: Path, wrong: str, right: str, reason: str
) -> None:
    assert wrong in CALLED
    with pytest.raises(HarnessError, match=reason):
        call(tmp_path, called=CALLED.replace(wrong, right))


@pytest.mark.parametrize(
    ("wrong", "right", "reason"),
    [
        ("target: staging, ", "", "the input target is required"),
        ('secrets: {url: "${{ secrets.STAGING }}"}', "", "the secret url is required"),
        ("./.github/workflows/called.yml", "acme/x/.github/workflows/y.yml@v1", "no workflow"),
        ("./.github/workflows/called.yml", "./.github/workflows/called.yml\n    env: {}", "env"),
    ],
)
def test_a_caller_that_github_would_not_start_is_an_error(
    tmp_path: Path, wrong: str, right: str, reason: str
) -> None:
    assert wrong in CALLER
    with pytest.raises(HarnessError, match=reason):
        call(tmp_path, caller=CALLER.replace(wrong, right))
