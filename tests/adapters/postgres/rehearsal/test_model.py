"""What Prisma's SQL makes, tried where migrations have run. No Prisma is needed for that."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.model import agreement_of
from bot.adapters.postgres.rehearsal.places.own_place import open_own_place
from bot.adapters.postgres.rehearsal.places.place import Place
from bot.adapters.postgres.rehearsal.places.templates import Templates
from bot.adapters.postgres.rehearsal.rehearse import rehearse
from bot.core.rehearsals.rehearsal import SchemaAgreement
from bot.core.rehearsals.rehearsal_order import Limits, ModelOrder, NewMigration, Order, Part, Step
from tests.adapters.postgres.rehearsal.places import ORDER
from tests.conftest import SERVERS

# It starts many servers, or takes seconds of one: too long for every run.
pytestmark = pytest.mark.slow

MODEL = ModelOrder(
    "7.10.1",
    statements=(
        'CREATE SCHEMA IF NOT EXISTS "public"',
        'CREATE EXTENSION IF NOT EXISTS "postgis"',
        "CREATE TYPE \"role\" AS ENUM ('a', 'b')",
        'CREATE TABLE "t" (\n    "id" INTEGER NOT NULL,\n    "role" "role",\n'
        '    "twice" INTEGER DEFAULT id * 2,\n\n    CONSTRAINT "t_pkey" PRIMARY KEY ("id")\n)',
        'CREATE UNIQUE INDEX "t_role_key" ON "t"("role")',
    ),
)
MADE = """
CREATE TYPE role AS ENUM ('a', 'b');
CREATE TABLE t (id int PRIMARY KEY, role role, twice int GENERATED ALWAYS AS (id * 2) STORED);
CREATE UNIQUE INDEX t_role_key ON t (role);
CREATE VIEW v AS SELECT * FROM t;
INSERT INTO t VALUES (1, 'a');
"""
AGREED = SchemaAgreement("7.10.1")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def place(cache: Path) -> Iterator[Place]:
    with open_own_place(ORDER, templates=Templates(cache)) as opened:
        yield opened


def run(place: Place, sql: str) -> None:
    with place.author() as connection:
        connection.execute(sql.encode())


def asked(place: Place, order: ModelOrder) -> SchemaAgreement:
    def no_pid(pid: int) -> None:
        raise AssertionError(pid)

    guard = Guard(Limits(statement=5), terminate=no_pid, disk_used=place.disk_used, kill=place.kill)
    with place.admin() as admin:
        before = snapshot(admin, privileges=True)
    found = agreement_of(place.author, guard, order, before)
    with place.admin() as admin:
        assert snapshot(admin, privileges=True) == before
    return found


def test_what_prisma_models_is_made_beside_what_it_does_not_and_taken_back(place: Place) -> None:
    run(place, MADE)
    assert asked(place, MODEL) == AGREED
    with place.author() as connection:
        assert connection.execute("SELECT * FROM v").fetchall() == [(1, "a", 2)]


def test_a_difference_is_found(place: Place) -> None:
    run(place, MADE + "DROP INDEX t_role_key")
    assert asked(place, MODEL).differences == (
        "The index t_role_key of public.t on unique (role) is in schema.prisma, and no migration "
        "makes it.",
    )


def test_settings_of_the_author_do_not_hinder(place: Place) -> None:
    run(place, MADE)
    run(place, f"ALTER ROLE {place.role} SET search_path = nowhere")
    run(place, f"ALTER ROLE {place.role} SET default_transaction_read_only = on")
    assert asked(place, MODEL) == AGREED


def test_what_has_a_problem_is_not_tried(place: Place) -> None:
    order = ModelOrder("7.10.1", problem="No Prisma.")
    assert asked(place, order) == SchemaAgreement("7.10.1", problem="No Prisma.")


@pytest.mark.parametrize(
    "statement",
    [
        "COMMIT",
        "DROP TABLE t",
        "DO $$ BEGIN PERFORM 1; END $$",
        "SET ROLE postgres",
        "COPY t TO PROGRAM 'true'",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "-- CREATE TABLE\nCOMMIT",
    ],
)
def test_what_prisma_does_not_write_is_not_run(statement: str, place: Place) -> None:
    run(place, MADE)
    order = replace(MODEL, statements=(*MODEL.statements, statement))
    assert "not only about tables" in asked(place, order).problem


def test_two_statements_in_one_are_refused(place: Place) -> None:
    run(place, MADE)
    order = replace(MODEL, statements=("CREATE TABLE x (); COMMIT; DROP TABLE t",))
    assert "multiple commands" in asked(place, order).problem


def test_what_the_server_refuses_is_said(place: Place) -> None:
    order = replace(MODEL, statements=("CREATE TABLE x (y nothing)",))
    found = asked(place, order)
    assert found.problem == (
        'The SQL that Prisma makes of schema.prisma was refused: type "nothing" does not exist.'
    )


def test_what_does_not_end_is_ended(place: Place) -> None:
    run(place, "CREATE TABLE x (); ")
    endless = (
        "CREATE TABLE y AS WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n FROM r)"
        " SELECT count(*) FROM r"
    )
    found = asked(place, replace(MODEL, statements=(endless,)))
    assert "was refused" in found.problem


@pytest.fixture(scope="module")
def environ(cache: Path) -> Mapping[str, str]:
    return {"MIGRATION_BOT_CACHE": str(cache)}


def test_a_rehearsal_tells_it(environ: Mapping[str, str]) -> None:
    steps = tuple(
        Step(index, sql) for index, sql in enumerate(MADE.strip().removesuffix(";").split(";"))
    )
    order = Order(
        base=(),
        new=(NewMigration("20260101000000_t", "checksum", (Part(steps),)),),
        postgres=max(each.major for each in SERVERS.values()),
        model=MODEL,
    )
    found = rehearse(order, environ=environ)
    assert found.schema == AGREED
    assert found.migrations[0].refused is None
    assert rehearse(replace(order, model=None), environ=environ).schema is None
    broken = replace(order.new[0], parts=(Part((Step(0, "SELECT 1/0"),)),))
    assert rehearse(replace(order, new=(broken,)), environ=environ).schema is None
