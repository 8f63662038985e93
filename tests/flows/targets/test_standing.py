"""What texts and git add to the rows: how far a migration is, and the commit of what it was."""

from dataclasses import replace

from bot.core.migrations.history import History
from bot.core.rollouts.holder import Holder
from bot.core.rollouts.plan import make_plan
from bot.core.rollouts.status import Fragment, Halt
from bot.core.settings import default_targets
from bot.errors import UsageError
from bot.flows.targets.standing import details_of, forecast, halts_of
from tests.fakes import FakeCheckout, FakeDatabase, applied, history, world
from tests.unfinished import INIT, LAST, MIXED, interrupted

STAGING = default_targets()["staging"]


def halt(done: int, given: History) -> Halt:
    plan = make_plan("staging", given.migrations, [applied(INIT), interrupted(done)])
    here = world(FakeCheckout(given))
    return halts_of(plan.standings, given, here)[MIXED.name]


def test_a_migration_goes_on_at_the_first_part_that_is_not_committed() -> None:
    found = halt(2, history(INIT, MIXED, LAST))

    assert (found.done, found.parts, found.line) == (2, 3, 3)
    assert found.kept == (
        Fragment(1, "ALTER TABLE a ADD COLUMN n int"),
        Fragment(2, "CREATE INDEX CONCURRENTLY a_n ON a (n)"),
    )
    assert found.left == (Fragment(3, "SELECT 1"),)


def test_what_comes_after_the_committed_parts_may_be_mended() -> None:
    mended = replace(MIXED, sql=MIXED.sql.replace("SELECT 1", "SELECT 2"))

    assert halt(2, history(INIT, mended)).left == (Fragment(3, "SELECT 2"),)


def test_a_text_that_cannot_go_on_says_why() -> None:
    edited = replace(MIXED, sql=MIXED.sql.replace("n int", "m int"))
    unreadable = replace(MIXED, sql="ALTER TABLE a ADD COLUMN n int;\nCREATE TABEL;")

    assert "was edited since, at line 1" in halt(1, history(INIT, edited)).problem
    assert halt(1, history(INIT, unreadable)).problem.startswith("line 2: ")
    assert "missing from the history" in halt(1, history(INIT)).problem


def test_the_commit_of_an_edited_text_is_asked_for_and_git_may_have_no_answer() -> None:
    edited = replace(INIT, sql="SELECT 2")
    plan = make_plan("staging", [edited], [applied(INIT)])

    knowing = FakeCheckout(history(edited), texts={INIT.checksum: "c" * 40})
    assert details_of(plan, history(edited), world(knowing)).commits == {INIT.name: "c" * 40}

    class NoGit(FakeCheckout):
        def commit_with(self, name: str, checksum: str) -> str | None:
            raise UsageError("git is not installed.", hint="Install it.")

    assert details_of(plan, history(edited), world(NoGit(history(edited)))).commits == {}


def test_a_forecast_takes_what_is_unfinished_for_running_while_the_lock_is_held() -> None:
    row = applied(INIT, finished=False)

    assert forecast(STAGING, history(INIT), FakeDatabase([row])).failed == (INIT.name,)
    held = FakeDatabase([row], holders=[Holder(7, "psql")])
    assert forecast(STAGING, history(INIT), held).running == (INIT.name,)
