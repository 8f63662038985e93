"""What a board holds, and that whatever does not answer becomes a part of it with the reason."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.core.backups.backup import StoredBackup
from bot.core.board.waves import TenantStanding
from bot.core.rehearsals.rehearsal import Rehearsal
from bot.core.rollouts.audit import Sealed
from bot.core.rollouts.standing import MigrationState
from bot.core.settings import Settings, default_targets
from bot.core.targets.fleet import Fleet, Source
from bot.core.targets.target import Kind, Target
from bot.errors import BackupError, PostgresError
from bot.flows.boarding.gather import Asked, board_of
from bot.world import World
from tests.fakes import (
    MANIFEST,
    FakeCheckout,
    FakeDatabase,
    FakeFleets,
    FakeSchemas,
    applied,
    history,
    migration,
    world,
)
from tests.fakes.backups import FakeBackups

FIRST = migration("20260101000000_a", "CREATE TABLE a (id int PRIMARY KEY);")
SECOND = migration("20260102000000_b", "CREATE INDEX a_id ON a (id);")
URLS = {"STAGING_DATABASE_URL": "postgresql://s", "PRODUCTION_DATABASE_URL": "postgresql://p"}
BOTH = {
    "staging": FakeDatabase([applied(FIRST), applied(SECOND)]),
    "production": FakeDatabase([applied(FIRST)], audit=[Sealed({"id": "r-1"})]),
}


def made(
    databases: Mapping[str, FakeDatabase] | None = None,
    environ: Mapping[str, str] = URLS,
    **parts: object,
) -> World:
    checkout = FakeCheckout(history(FIRST, SECOND))
    given = world(checkout, BOTH if databases is None else databases, environ=environ)
    return replace(given, **parts)  # type: ignore[arg-type]


def unread(given: World, asked: Asked | None = None) -> dict[str, tuple[str, bool]]:
    return {e.what: (e.why, e.asked) for e in board_of(given, asked or Asked()).all_unread}


def test_each_target_is_there_in_rollout_order_and_production_is_the_most_urgent() -> None:
    found = board_of(made(), Asked())
    assert [each.name for each in found.targets] == ["development", "staging", "production"]
    assert [each.name for each in found.urgent_first] == ["production", "staging", "development"]


def test_states_records_and_the_whole_history_are_there() -> None:
    found = board_of(made(), Asked())
    production = found.urgent_first[0]
    assert production.states == {
        FIRST.name: MigrationState.APPLIED,
        SECOND.name: MigrationState.PENDING,
    }
    assert [each.record["id"] for each in production.records] == ["r-1"]
    assert found.names == (FIRST.name, SECOND.name)
    assert found.commit == "h" * 40
    assert "index-create-blocking" in {f.rule for f in found.by_name[SECOND.name].findings}


def test_without_any_variable_the_history_is_shown_and_each_target_says_why() -> None:
    found = board_of(made({}, environ={}), Asked())
    assert len(found.migrations) == 2
    assert all(each.status.unset for each in found.targets)
    told = unread(made({}, environ={}))
    assert told["the state, the rollouts and the drift of production"] == (
        "PRODUCTION_DATABASE_URL is not set",
        True,
    )


def test_a_target_that_does_not_answer_is_told_and_the_others_are_shown() -> None:
    given = made({"staging": BOTH["staging"]})
    found = board_of(given, Asked())
    production, staging = found.urgent_first[:2]
    assert production.status.problem == "production does not answer."
    assert staging.status.plan is not None
    assert unread(given)["the state of production"] == ("production does not answer.", True)


def test_records_that_cannot_be_read_leave_the_rest_of_the_target() -> None:
    class Silent(FakeDatabase):
        def records(self, most: int) -> tuple[Sealed, ...]:
            raise PostgresError("permission denied for schema migration_bot", hint="Grant it.")

    given = made({**BOTH, "production": Silent([applied(FIRST)])})
    found = board_of(given, Asked()).urgent_first[0]
    assert found.status.plan is not None
    assert found.records == ()
    assert "the rollouts of production" in unread(given)


def test_backups_are_read_of_all_but_development() -> None:
    shelf = (StoredBackup(MANIFEST),)
    found = board_of(made(backups=FakeBackups([], shelf=shelf)), Asked())
    assert [each.backups for each in found.targets] == [(), shelf, shelf]


def test_a_store_that_does_not_answer_is_told() -> None:
    class Away(FakeBackups):
        def listed(self, target: Target) -> tuple[StoredBackup, ...]:
            raise BackupError("s3://acme does not answer.", hint="Look at the key.")

    told = unread(made(backups=Away([])))
    assert told["the backups of production"] == ("s3://acme does not answer.", True)


def test_backups_are_there_although_the_target_has_no_variable() -> None:
    shelf = (StoredBackup(MANIFEST),)
    found = board_of(made({}, environ={}, backups=FakeBackups([], shelf=shelf)), Asked())
    assert found.urgent_first[0].backups == shelf


def test_what_nobody_asked_for_is_told_and_is_no_failure() -> None:
    told = unread(made())
    assert told["the drift of production"][1] is False
    assert told["the diagram of the schema"][1] is False
    assert [asked for what, (_, asked) in told.items() if "rehearsal" in what] == [False]


def test_drift_is_looked_for_where_it_is_asked_for() -> None:
    found = board_of(made(schemas=FakeSchemas()), Asked(drift=True))
    looks = {each.name: each.status.look for each in found.targets}
    assert looks["development"] is None
    assert looks["production"] is not None
    assert looks["production"].state.value == "clean"


def test_a_look_for_drift_that_found_nothing_out_is_told() -> None:
    told = unread(made(schemas=None), Asked(drift=True))
    assert "no PostgreSQL here" in told["the drift of production"][0]


def test_a_rehearsal_that_could_not_be_is_told() -> None:
    class Nowhere:
        def run(self, order: object, note: object) -> Rehearsal:
            raise PostgresError("There is no server.", hint="Install one.")

        def at(self, url: str) -> "Nowhere":
            return self

    told = unread(made(rehearsals=Nowhere()), Asked(rehearse=True))
    assert [why for what, (why, _) in told.items() if "rehearsal" in what] == [
        "There is no server."
    ]


def test_the_schema_is_set_beside_what_production_has() -> None:
    made_by_all = {("table", "public.a"): ()}
    given = made(schemas=FakeSchemas(made_by_all))
    found = board_of(given, Asked(rehearse=True))
    assert found.schema.target == "production"
    assert found.schema.after == made_by_all


def test_a_schema_that_cannot_be_made_is_told() -> None:
    given = made(schemas=FakeSchemas(problem="it stops at 20260102000000_b"))
    assert board_of(given, Asked(rehearse=True)).schema.problem == "it stops at 20260102000000_b"
    assert "the diagram of the schema" in unread(given, Asked(rehearse=True))


def test_a_fleet_is_seen_wave_by_wave() -> None:
    fleet = Target("tenants", Kind.PRODUCTION, "TENANTS", fleet=Fleet(Source(urls_env="TENANTS")))
    tenants = {f"t{n}": FakeDatabase([applied(FIRST)]) for n in range(4)}
    tenants["t0"] = FakeDatabase([applied(FIRST), applied(SECOND)])
    given = made(
        environ={"TENANTS": "[]"},
        settings=Settings(targets={"tenants": fleet}),
        fleets=FakeFleets(tenants, down={"t3": 99}),
    )
    (target,) = board_of(given, Asked()).targets
    assert [wave.name for wave in target.waves] == ["canary", "early", "rest"]
    assert [each.standing for wave in target.waves for each in wave.tenants] == [
        TenantStanding.CURRENT,
        TenantStanding.BEHIND,
        TenantStanding.BEHIND,
        TenantStanding.SILENT,
    ]


def test_what_of_the_history_cannot_be_read_is_told() -> None:
    broken = replace(
        history(FIRST), incomplete=("20260103000000_c",), unreadable={"prisma/x": "Permission"}
    )
    told = unread(replace(made(), checkout=FakeCheckout(broken)))
    assert told["20260103000000_c"] == ("it has no migration.sql", True)
    assert told["prisma/x"][0] == "it cannot be read: Permission"


@pytest.mark.parametrize("name", list(default_targets()))
def test_nothing_is_written_to_a_target(name: str) -> None:
    database = FakeDatabase([applied(FIRST)])
    board_of(made({**BOTH, name: database}, environ={**URLS, "DATABASE_URL": "x"}), Asked())
    assert database.diary == []
