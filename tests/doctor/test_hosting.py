"""What is said of GitHub."""

import pytest

from bot.core.doctor.check import Check, State, Trouble
from bot.core.doctor.hosting import EnvironmentLook, RepositoryLook, WorkflowLook
from bot.doctor import hosting as doctor

COMMIT = "0123456789" * 4
PATH = ".github/workflows/migration-check.yml"
TEXT = f"""\
jobs:
  check:
    steps:
      - uses: actions/checkout@{COMMIT} # v7
      - name: Check
        uses: "acme/migration-bot@{COMMIT}"
      - uses: ./local
"""
REFUSED = Trouble("GitHub did not let the bot look (403).", "Give it `actions: read`.")
OPEN = EnvironmentLook("staging")
GUARDED = EnvironmentLook("production", limited=True)
IN_ORDER = RepositoryLook("main", required=("Migrations", "tests"), environments=(GUARDED,))


def workflow(text: str | None = TEXT, expected: str | None = TEXT) -> WorkflowLook:
    return WorkflowLook(PATH, text, expected)


def of(look: RepositoryLook | None, *workflows: WorkflowLook) -> dict[str, Check]:
    found = doctor.hosting_checks(workflows or (workflow(),), look, ["Migrations"])
    return {each.name: each for each in found}


def test_all_in_order_is_fine() -> None:
    found = of(IN_ORDER)
    assert {each.state for each in found.values()} == {State.PASS}
    assert list(found) == [
        *("workflows", "workflow-pins", "workflow-texts"),
        *("token", "required-check", "environments"),
    ]


def test_without_workflows_or_a_token_everything_is_skipped_with_its_reason() -> None:
    found = of(None, workflow(None))
    assert {each.state for each in found.values()} == {State.SKIPPED}
    assert "migration-bot init" in found["workflows"].advice
    assert found["environments"].said.startswith("GITHUB_TOKEN and GITHUB_REPOSITORY")


def test_a_repository_that_cannot_be_asked_fails() -> None:
    found = of(RepositoryLook(trouble=REFUSED))
    assert (found["token"].state, found["token"].advice) == (State.FAIL, REFUSED.hint)
    assert found["required-check"].state is State.SKIPPED


def test_a_workflow_that_is_missing_is_named() -> None:
    missing = WorkflowLook(".github/workflows/migration-drift.yml", None)
    found = doctor.present((workflow(), missing))
    assert found.state is State.WARN
    assert "migration-drift.yml" in found.said
    two = doctor.present((workflow(), missing, WorkflowLook("other.yml", None)))
    assert "2 workflows of the bot: .github/workflows/migration-drift.yml, other.yml" in two.said


@pytest.mark.parametrize("version", ["@v7", "@main", "@0123456", "", f"@{COMMIT}0"])
def test_what_is_not_pinned_to_a_commit_fails(version: str) -> None:
    text = TEXT.replace(f"actions/checkout@{COMMIT}", f"actions/checkout{version}")
    found = doctor.pinned([workflow(text)])
    assert found.state is State.FAIL
    assert f"{PATH} uses actions/checkout{version}, " in found.said
    assert "`actions/checkout@` and all 40 digits" in found.advice


def test_only_the_commits_may_differ_from_what_init_writes() -> None:
    moved = TEXT.replace(COMMIT, "9" * 40).replace("# v7", "# v8")
    assert doctor.current([workflow(moved)]).state is State.PASS
    changed = TEXT.replace("name: Check", "name: Do not check")
    found = doctor.current([workflow(changed), workflow()])
    assert found.state is State.WARN
    assert f"{PATH} is not as this version" in found.said
    both = doctor.current([workflow(changed), workflow(changed)])
    assert f"{PATH} and 1 other are not as this version" in both.said
    assert doctor.current([workflow(expected=None)]).state is State.SKIPPED


def test_what_the_token_may_not_read_is_named() -> None:
    found = doctor.token(RepositoryLook("main", refused={"deployments: read": REFUSED}))
    assert found.state is State.WARN
    assert "deployments: read was refused" in found.said
    assert "docs/reference/permissions.md" in found.advice


def test_the_check_should_be_required() -> None:
    found = doctor.required_check(RepositoryLook("main", required=("tests",)), ["Migrations"])
    assert found.state is State.WARN
    assert "main does not require the check Migrations" in found.said
    assert "ruleset" in found.said
    several = ["Migrations (shop)", "Migrations (billing)"]
    half = RepositoryLook("main", required=("Migrations (shop)",))
    assert "Migrations (billing)" in doctor.required_check(half, several).said
    assert doctor.required_check(RepositoryLook("main"), ["Migrations"]).state is State.SKIPPED


def test_an_environment_should_be_there_and_not_be_open_to_every_branch() -> None:
    gone = doctor.environments([GUARDED, EnvironmentLook("staging", there=False)])
    assert gone.state is State.WARN
    assert "no environment staging" in gone.said
    everybody = doctor.environments([OPEN, GUARDED])
    assert everybody.state is State.WARN
    assert "Every branch may use the environment staging" in everybody.said
    assert doctor.environments([EnvironmentLook("staging", reviewed=True)]).state is State.PASS
    assert doctor.environments([EnvironmentLook("x", trouble=REFUSED)]).state is State.SKIPPED
    assert doctor.environments([]).state is State.SKIPPED


def test_the_copy_of_the_bot_is_found_by_its_name() -> None:
    assert doctor.bot_used([TEXT]) == "acme/migration-bot"
    assert doctor.bot_used(["steps:\n  - uses: actions/checkout@v7\n"]) is None
