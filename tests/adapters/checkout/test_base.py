"""Which base a checkout is compared with, and how its absence is told."""

from pathlib import Path

import pytest

from bot.adapters.checkout import Checkout
from bot.errors import UsageError
from tests.adapters.checkout.repository import FIRST, FOLDER, NOW, THIRD, Repository


@pytest.fixture
def clone(repository: Repository, tmp_path: Path) -> Repository:
    """A clone whose own main is behind the remote's."""
    repository.switch("main")
    made = repository.clone(tmp_path / "clone")
    repository.add(THIRD)
    repository.commit()
    made.git("fetch", "--quiet")
    made.branch("feature")
    return made


def test_the_named_base_is_taken(repository: Repository) -> None:
    tip = repository.git("rev-parse", "main")
    base = repository.checkout().base("main")
    assert (base.commit, base.name, base.ref) == (tip, "main", "main")
    assert repository.checkout().base(tip).commit == tip


def test_a_name_known_only_on_the_remote_is_found_there(clone: Repository) -> None:
    clone.git("branch", "--quiet", "-D", "main")
    base = clone.checkout().base("main")
    assert (base.name, base.ref) == ("main", "origin/main")


def test_in_a_pull_request_the_remotes_tip_of_its_base_is_taken(clone: Repository) -> None:
    base = clone.checkout(GITHUB_BASE_REF="main").base()
    assert base.ref == "origin/main"
    assert base.commit == clone.git("rev-parse", "origin/main")
    assert base.commit != clone.git("rev-parse", "main")


def test_without_a_name_the_remotes_default_branch_is_taken(clone: Repository) -> None:
    clone.git("update-ref", "refs/remotes/origin/trunk", "main")
    clone.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    assert clone.checkout().base().name == "trunk"


def test_without_default_branch_the_remotes_main_is_taken(clone: Repository) -> None:
    clone.git("symbolic-ref", "--delete", "refs/remotes/origin/HEAD")
    assert clone.checkout().base().ref == "origin/main"


def test_without_remote_the_local_main_or_master_is_taken(repository: Repository) -> None:
    assert repository.checkout().base().ref == "main"
    repository.git("branch", "--quiet", "-m", "main", "master")
    assert repository.checkout().base().ref == "master"


def test_without_any_base_the_advice_is_to_name_one(repository: Repository) -> None:
    repository.git("branch", "--quiet", "-m", "main", "trunk")
    with pytest.raises(UsageError, match="no base to compare with") as caught:
        repository.checkout().base()
    assert "--base" in caught.value.hint


def test_an_unknown_name_is_an_error_with_the_fetch_to_run(repository: Repository) -> None:
    with pytest.raises(UsageError, match="no branch or commit release here") as caught:
        repository.checkout().base("release")
    assert "git fetch origin +refs/heads/release:refs/remotes/origin/release" in caught.value.hint


def test_a_hostile_name_is_quoted_in_the_advice(repository: Repository) -> None:
    with pytest.raises(UsageError) as caught:
        repository.checkout().base("x;reboot")
    assert "'+refs/heads/x;reboot:refs/remotes/origin/x;reboot'" in caught.value.hint


@pytest.mark.parametrize("name", ["--output=/tmp/x", "-h", "", "a b", "main\n--all", "\x1b[2J"])
def test_a_name_that_is_no_name_is_refused(repository: Repository, name: str) -> None:
    with pytest.raises(UsageError, match="is not the name of a branch or commit"):
        repository.checkout().base(name)


def test_a_shallow_clone_without_the_base_says_how_to_fetch_it(
    repository: Repository, tmp_path: Path
) -> None:
    repository.switch("main")
    shallow = repository.clone(tmp_path / "shallow", "--depth=1", "--branch=feature")
    for checkout in (shallow.checkout(GITHUB_BASE_REF="main"), shallow.checkout()):
        with pytest.raises(UsageError, match="shallow clone without main") as caught:
            checkout.change(None, NOW)
        assert "`fetch-depth: 0`" in caught.value.hint


def test_outside_a_repository_there_is_no_base(tmp_path: Path) -> None:
    (tmp_path / "migrations" / FIRST).mkdir(parents=True)
    (tmp_path / "migrations" / FIRST / "migration.sql").write_text("SELECT 1;")
    environ = {"PATH": "/usr/bin:/bin", "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    checkout = Checkout.find("migrations", start=tmp_path, environ=environ)
    assert checkout.root is None
    assert [each.name for each in checkout.everything(NOW).added] == [FIRST]
    with pytest.raises(UsageError, match="not in a git repository") as caught:
        checkout.change(None, NOW)
    assert "check --all" in caught.value.hint


def test_without_the_program_git_everything_can_still_be_judged(repository: Repository) -> None:
    environ = {"PATH": "/nonexistent"}
    checkout = Checkout.find(FOLDER, start=repository.path, environ=environ)
    assert len(checkout.everything(NOW).added) == 2
    with pytest.raises(UsageError, match="git is not installed"):
        checkout.change("main", NOW)


def test_a_repository_git_does_not_trust_is_explained(repository: Repository) -> None:
    environ = {**repository.environ, "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}
    checkout = Checkout.find(FOLDER, start=repository.path, environ=environ)
    with pytest.raises(UsageError, match="belongs to another user") as caught:
        checkout.change("main", NOW)
    assert "safe.directory" in caught.value.hint
