"""fix, with a world in which nothing is real; and once in a real repository."""

from dataclasses import dataclass, replace

import pytest

from bot.commands.fix import run, wish_of
from bot.core.migrations.migration import Migration
from bot.core.rollouts.trial import Comparison, Trial
from bot.errors import ExitCode, PostgresError, UnequalFix, UsageError
from bot.world import World
from tests.commands.place import FOLDER, MORE, SCRIPT, Place
from tests.fakes import (
    FakeCheckout,
    FakeDatabase,
    applied,
    history,
    migration,
    shown,
    world,
)

INIT = migration("20260101000000_init", "CREATE TABLE a (id int PRIMARY KEY, n int);")
RISKY = migration("20260201000000_risky", "ALTER TABLE a ADD x int;\nCREATE INDEX i ON a (n);")
SAME = Comparison("PostgreSQL 18.1")


@dataclass
class FakeTrials:
    answer: Comparison | PostgresError = SAME
    asked: Trial | None = None

    def compare(self, trial: Trial) -> Comparison:
        self.asked = trial
        if isinstance(self.answer, PostgresError):
            raise self.answer
        return self.answer


def made(
    *added: Migration, trials: FakeTrials | None = None, **options: object
) -> tuple[World, FakeCheckout]:
    checkout = FakeCheckout(history(INIT, *(added or (RISKY,))), history(INIT))
    given = world(checkout, **options)  # type: ignore[arg-type]
    return replace(given, trials=trials or FakeTrials()), checkout


def test_what_was_rewritten_is_written_and_told() -> None:
    given, checkout = made()
    assert run(given) is ExitCode.FINE
    (written,) = checkout.written
    assert [each.name for each in written.after] == [
        "20260201000000_risky",
        "20260201000001_risky_index",
    ]
    for words in ("index-create-blocking", "20260201000001_risky_index", "Proved on PostgreSQL"):
        assert words in shown(given)


def test_a_dry_run_shows_the_change_and_writes_nothing() -> None:
    given, checkout = made()
    assert run(given, dry_run=True) is ExitCode.FINE
    assert checkout.written == []
    assert "-CREATE INDEX i ON a (n);" in shown(given)
    assert "+CREATE INDEX CONCURRENTLY i ON a (n);" in shown(given)
    assert "Nothing was written." in shown(given)


def test_the_proof_runs_both_ways_from_what_is_merged() -> None:
    trials = FakeTrials()
    given, _ = made(trials=trials)
    run(given)
    assert trials.asked is not None
    assert [each.migration for each in trials.asked.before] == [INIT.name]
    assert [each.statements for each in trials.asked.original] == [
        ("ALTER TABLE a ADD x int", "CREATE INDEX i ON a (n)")
    ]
    assert [each.transactional for each in trials.asked.rewritten] == [True, False]


@pytest.mark.parametrize(
    "answer",
    [
        Comparison("PostgreSQL 18.1", differences=("removed index public.i",)),
        Comparison("PostgreSQL 18.1", rewritten_refused="no such table"),
    ],
)
def test_a_result_that_is_not_the_same_is_our_fault_and_nothing_is_written(
    answer: Comparison,
) -> None:
    given, checkout = made(trials=FakeTrials(answer))
    with pytest.raises(UnequalFix, match="not lead to the same schema") as error:
        run(given)
    assert error.value.exit_code is ExitCode.FAULT
    assert checkout.written == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (PostgresError("No server was found.", hint="Install one."), "No server was found."),
        (Comparison("PostgreSQL 18.1", before_refused="no role app"), "no role app"),
        (Comparison("PostgreSQL 18.1", original_refused="no such table"), "no such table"),
    ],
)
def test_what_could_not_be_proved_is_said_and_why(
    answer: Comparison | PostgresError, why: str
) -> None:
    given, checkout = made(trials=FakeTrials(answer))
    assert run(given) is ExitCode.FINE
    assert "Not proved" in shown(given)
    assert why in " ".join(shown(given).split())
    assert len(checkout.written) == 1


def test_without_proof_no_server_is_asked() -> None:
    trials = FakeTrials()
    given, _ = made(trials=trials)
    run(given, proof=False)
    assert trials.asked is None
    assert "Not proved" in shown(given)


def test_an_error_that_is_left_is_told_with_its_reason_and_blocks() -> None:
    drop = migration("20260201000000_drop", "DROP TABLE a;")
    given, checkout = made(drop)
    assert run(given) is ExitCode.FINDINGS
    assert checkout.written == []
    assert "table-dropped stays" in shown(given)
    assert "Nothing was rewritten." in shown(given)


def test_what_a_target_has_applied_is_not_touched() -> None:
    rows = FakeDatabase([applied(INIT), applied(RISKY)])
    environ = {"STAGING_DATABASE_URL": "postgresql://staging"}
    given, checkout = made(databases={"staging": rows}, environ=environ)
    assert run(given) is ExitCode.FINDINGS
    assert checkout.written == []
    assert "staging has applied it" in " ".join(shown(given).split())


def test_a_development_database_that_has_it_is_only_mentioned() -> None:
    rows = FakeDatabase([applied(INIT), applied(RISKY)])
    environ = {"DATABASE_URL": "postgresql://here", "STAGING_DATABASE_URL": "postgresql://away"}
    given, checkout = made(databases={"development": rows}, environ=environ)
    assert run(given) is ExitCode.FINE
    assert len(checkout.written) == 1
    said = " ".join(shown(given).split())
    assert f"development has applied {RISKY.name}" in said
    assert "staging could not be asked" in said


def test_rules_are_chosen_by_their_ids() -> None:
    assert wish_of(None).rules is None
    assert wish_of("fk-add-validating, index-unnamed").rules == {
        "fk-add-validating",
        "index-unnamed",
    }
    with pytest.raises(UsageError, match="nonsense"):
        wish_of("nonsense")


@pytest.mark.slow
def test_in_a_repository_the_folders_are_written_and_the_check_passes(place: Place) -> None:
    place.write(SCRIPT, "CREATE INDEX i ON a (id);\nALTER TABLE a ADD COLUMN b int;\n")
    assert place.bot("check").code == ExitCode.FINDINGS
    dry = place.bot("fix", "--dry-run")
    assert (dry.code, "Proved on PostgreSQL" in dry.out) == (ExitCode.FINE, True), dry.said
    root = place.root / FOLDER
    again = replace_bot(place, "fix")
    assert again == ExitCode.FINE
    assert (root / MORE / "migration.sql").read_text() == "CREATE INDEX CONCURRENTLY i ON a (id);\n"
    then = root / "20260102000001_more_columns" / "migration.sql"
    assert then.read_text() == "ALTER TABLE a ADD COLUMN b int;\n"
    assert place.bot("check").code == ExitCode.FINE


def replace_bot(place: Place, *arguments: str) -> int:
    """Call the bot where it may change files."""
    from tests.shell import bot

    done = bot(*arguments, cwd=place.root)
    assert "Traceback" not in done.said
    return done.code
