"""Every rule about the history is listed and whole, and what each advises settles it."""

import subprocess
from pathlib import Path

import pytest

from bot.core.findings.finding import Severity
from bot.core.findings.rule import ChangeRule, Hit, name_of, reason_of, title_of
from bot.rules import history as package
from bot.rules.history import HISTORY_RULES
from tests.adapters.checkout.repository import FIRST, FOLDER, LOCK, NOW, SECOND, Repository
from tests.rules.history.changes import MERGED, change, everything, hits

LATE = "20251201000000_late"
THIRD = "20260201000000_third"


def test_every_module_is_listed() -> None:
    files = {path.stem for path in Path(package.__path__[0]).glob("[!_]*.py")}
    assert {rule.__name__.rpartition(".")[2] for rule in HISTORY_RULES} == files - {"layouts"}


@pytest.mark.parametrize("rule", HISTORY_RULES, ids=name_of)
def test_a_rule_has_a_title_a_reason_a_severity_and_a_fix(rule: ChangeRule) -> None:
    assert isinstance(rule, ChangeRule)
    assert title_of(rule).endswith(".")
    assert reason_of(rule)
    assert isinstance(rule.SEVERITY, Severity)
    assert rule.FIX


@pytest.mark.parametrize("rule", HISTORY_RULES, ids=name_of)
def test_a_good_history_is_quiet(rule: ChangeRule) -> None:
    assert hits(rule, change(MERGED)) == []
    assert hits(rule, everything(MERGED)) == []


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Two migrations on main, and a branch checked out, in a folder that needs quotes."""
    made = Repository(tmp_path / "it's a $(work) folder", tmp_path)
    made.path.mkdir()
    made.git("init", "--quiet", "--initial-branch=main")
    made.write("migration_lock.toml", LOCK)
    made.add(FIRST, SECOND)
    made.commit()
    made.branch("feature")
    return made


def all_hits(repository: Repository) -> list[Hit]:
    change = repository.checkout().change("main", NOW)
    return [hit for rule in HISTORY_RULES for hit in hits(rule, change)]


def follow(repository: Repository, hit: Hit) -> None:
    assert hit.fix is not None
    subprocess.run(["sh", "-ec", hit.fix], cwd=repository.path, env=repository.environ, check=True)


def mend(repository: Repository) -> list[str]:
    """Commit, follow every fix, and tell what there is then."""
    repository.commit()
    found = all_hits(repository)
    assert found
    for hit in found:
        follow(repository, hit)
    assert all_hits(repository) == []
    return list(repository.checkout().history().names)


def test_following_the_fixes_of_misnamed_folders_settles_them(repository: Repository) -> None:
    twin = "20260201000000_twin"
    repository.add(LATE, "Add Orders & 'more'", THIRD, twin, "20269901000000_x", "-rf")
    names = mend(repository)
    slugs = [name[15:] for name in names[2:]]
    assert slugs == ["rf", "late", "third", "twin", "x", "add_orders_more"]


def test_following_the_fix_of_an_edited_and_a_deleted_one_settles_them(
    repository: Repository,
) -> None:
    repository.write(f"{FIRST}/migration.sql", "SELECT 2;")
    repository.git("rm", "-rq", f"{FOLDER}/{SECOND}")
    assert mend(repository) == [FIRST, SECOND]


def test_following_the_fix_of_a_renamed_one_settles_it(repository: Repository) -> None:
    repository.git("mv", f"{FOLDER}/{SECOND}", f"{FOLDER}/{THIRD}")
    assert mend(repository) == [FIRST, SECOND]


def test_following_the_fix_of_a_script_under_another_name_settles_it(
    repository: Repository,
) -> None:
    repository.write(f"{THIRD}/Migration.sql")
    assert mend(repository) == [FIRST, SECOND, THIRD]


def test_following_the_fix_of_the_lock_file_settles_it(repository: Repository) -> None:
    repository.write("migration_lock.toml", 'provider = "sqlite"\n')
    assert mend(repository) == [FIRST, SECOND]


def test_a_branch_that_is_only_behind_is_quiet(repository: Repository) -> None:
    repository.switch("main")
    repository.add(THIRD)
    repository.write(f"{FIRST}/migration.sql", "SELECT 'mended on main';")
    repository.commit()
    repository.switch("feature")
    assert all_hits(repository) == []


def test_siblings_merged_after_the_branch_was_made_count(repository: Repository) -> None:
    repository.add("20260115000000_mine")
    repository.commit()
    repository.switch("main")
    repository.add(THIRD)
    repository.commit()
    repository.switch("feature")
    (hit,) = all_hits(repository)
    assert hit.message.startswith(f"20260115000000_mine sorts before {THIRD}")
    follow(repository, hit)
    assert all_hits(repository) == []
