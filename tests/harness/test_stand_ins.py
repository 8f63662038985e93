from pathlib import Path

import pytest

from tests.harness import ActionCall, Event, HarnessError, checkout_from
from tests.harness.stand_ins import git

AUTHOR = ["-c", "user.name=Octocat", "-c", "user.email=octocat@example.com"]


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    for name in "first", "second":
        (folder / name).touch()
        git(folder, "add", "--all")
        git(folder, *AUTHOR, "commit", "--quiet", "--message", name)
    return folder


def check_out(origin: Path, tmp_path: Path, **inputs: str) -> Path:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    given = {"persist-credentials": "false"} | {
        key.replace("_", "-"): value for key, value in inputs.items()
    }
    event = Event("push", {}, git(origin, "rev-parse", "main"))
    call = ActionCall("actions/checkout", "v7", given, workspace, tmp_path, event)
    checkout_from(origin)(call)
    return workspace


def test_a_checkout_has_one_commit_unless_asked_for_more(origin: Path, tmp_path: Path) -> None:
    folder = check_out(origin, tmp_path)
    assert (folder / "second").exists()
    assert git(folder, "rev-list", "--count", "HEAD") == "1"
    assert git(folder, "branch", "--remotes") == ""


def test_a_checkout_of_everything_has_the_branches_of_its_origin(
    origin: Path, tmp_path: Path
) -> None:
    folder = check_out(origin, tmp_path, fetch_depth="0")
    assert git(folder, "rev-list", "--count", "HEAD") == "2"
    assert git(folder, "branch", "--remotes") == "origin/main"


def test_a_commit_that_no_branch_points_at_is_checked_out(origin: Path, tmp_path: Path) -> None:
    first = git(origin, "rev-parse", "main~1")
    folder = check_out(origin, tmp_path, ref=first, path="below")
    assert (folder / "below" / "first").exists()
    assert not (folder / "below" / "second").exists()


@pytest.mark.parametrize(
    "inputs",
    [{"persist_credentials": "true"}, {"token": "x"}, {"ref": "0" * 40}, {"ref": "nowhere"}],
)
def test_a_checkout_that_github_would_not_do_like_that_is_an_error(
    origin: Path, tmp_path: Path, inputs: dict[str, str]
) -> None:
    with pytest.raises(HarnessError):
        check_out(origin, tmp_path, **inputs)
