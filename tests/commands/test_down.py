"""`down`, with a throw-away server that answers as it is told to."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands import down
from bot.core.drift.drift import Expected
from bot.core.migrations.migration import Migration
from bot.core.rehearsals.proofs import DownProof
from bot.core.rollouts.rollback_steps import Tried, untried
from bot.core.schemas.draft import Draft, DraftedStatement
from bot.errors import ExitCode, PostgresError, UsageError
from bot.world import World
from tests.fakes import FakeCheckout, FakeDowns, history, migration, shown
from tests.fakes import world as made_of
from tests.report.formats.test_as_json import validated
from tests.shell import bot, git, write

INIT = migration("20260101000000_init", "CREATE TABLE a (id int);\n")
MORE = migration("20260201000000_more", "CREATE TABLE b (id int);\nINSERT INTO a VALUES (1);\n")
DRAFT = Draft((DraftedStatement("DROP TABLE b", loses="the rows of b (1 column)"),))


def tried(proof: DownProof, drafted: Draft = DRAFT) -> Tried:
    expected = Expected({}, {}, major=18)
    return Tried(expected, drafts={MORE.name: drafted}, proofs={MORE.name: proof})


PROVED = tried(DownProof(drafted=True))
WRONG = tried(DownProof(drafted=True, left=("added table public.b (1 column)",)))


def placed(answer: Tried | None, more: Migration = MORE) -> tuple[World, FakeCheckout]:
    checkout = FakeCheckout(history(INIT, more))
    given = made_of(checkout)
    return replace(given, downs=FakeDowns(answer) if answer else None), checkout


def test_a_draft_is_shown_with_what_it_loses_and_nothing_is_written() -> None:
    world, checkout = placed(PROVED)

    assert down.run(world, MORE.name) is ExitCode.FINE

    text = shown(world)
    assert "proved on PostgreSQL 18" in text
    assert "Loses the rows of b (1 column)." in text
    assert "DROP TABLE b;" in text
    assert "The migration changes rows" in text
    assert checkout.downs == {}


def test_it_is_tried_on_what_is_before_it() -> None:
    world, _ = placed(PROVED)
    down.run(world, MORE.name)
    assert isinstance(world.downs, FakeDowns)
    (order,) = world.downs.asked
    assert [each.name for each in order.base] == [INIT.name]
    assert [each.name for each in order.new] == [MORE.name]
    assert order.new[0].down is None


def test_what_was_proved_is_written_with_a_header_that_says_so() -> None:
    world, checkout = placed(PROVED)

    assert down.run(world, "more", write=True) is ExitCode.FINE

    text = checkout.downs[MORE.name]
    assert text.startswith(f"-- Takes {MORE.name} back. Drafted by migration-bot")
    assert "-- Proved on PostgreSQL 18" in text
    assert "-- Loses the rows of b (1 column).\nDROP TABLE b;\n" in text
    assert f"{MORE.name}/down.sql" in shown(world)


def test_what_did_not_converge_says_so_and_is_not_written() -> None:
    world, checkout = placed(WRONG)

    assert down.run(world, MORE.name, write=True) is ExitCode.FINDINGS

    assert "did not converge on PostgreSQL 18" in shown(world)
    assert "added table public.b (1 column)" in shown(world)
    assert checkout.downs == {}


def test_what_is_left_is_named_in_the_script_too() -> None:
    drafted = Draft(DRAFT.statements, left=("the enum\nDROP TABLE x; is used",))
    proof = DownProof(drafted=True, undrafted=drafted.left)
    world, _ = placed(tried(proof, drafted))

    assert down.run(world, MORE.name, stdout=True) is ExitCode.FINDINGS

    lines = shown(world).splitlines()
    assert any(each.startswith("-- Not drafted: the enum") for each in lines)
    # What a name brings does not leave its comment.
    assert not any(each.startswith("DROP TABLE x") for each in lines)


def test_what_no_schema_shows_stands_at_the_head_of_the_script() -> None:
    sql = "CREATE SEQUENCE s; SELECT setval('elsewhere', 1); SELECT stranger();\n"
    world, _ = placed(PROVED, migration(MORE.name, sql))

    down.run(world, MORE.name, stdout=True)

    head = shown(world)
    assert "-- Does not take back what the migration changes besides: the place of a seq" in head
    assert "-- What the migration destroys is not known: it calls stranger()" in head


def test_only_the_script_is_printed_where_it_is_asked_for() -> None:
    world, _ = placed(PROVED)
    down.run(world, MORE.name, stdout=True)
    assert shown(world).startswith("-- Takes ")
    assert shown(world).rstrip().endswith("DROP TABLE b;")


def test_it_can_be_read_by_scripts() -> None:
    world, _ = placed(PROVED)

    down.run(world, MORE.name, write=True, form="json")

    found = validated("down", json.loads(shown(world)))
    assert found["proved"] is True
    assert found["writes_rows"] is True
    assert found["statements"] == [
        {"sql": "DROP TABLE b", "loses": "the rows of b (1 column)", "needs": ""}
    ]
    assert found["written"].endswith("20260201000000_more/down.sql")


def test_a_script_that_is_there_is_not_overwritten_unasked() -> None:
    world, checkout = placed(PROVED, replace(MORE, down="DROP TABLE b;"))
    with pytest.raises(UsageError, match="already"):
        down.run(world, MORE.name, write=True)
    assert checkout.downs == {}
    assert down.run(world, MORE.name, write=True, force=True) is ExitCode.FINE
    assert MORE.name in checkout.downs


def test_nothing_to_take_back_is_no_fault() -> None:
    world, checkout = placed(tried(DownProof(drafted=True), Draft()))
    assert down.run(world, MORE.name, write=True) is ExitCode.FINE
    assert "nothing in the schema is to be taken back" in shown(world)
    assert checkout.downs == {}


@pytest.mark.parametrize(
    ("name", "said"), [("nothing", "no migration"), ("20260", "more than one")]
)
def test_a_name_that_is_none_is_refused(name: str, said: str) -> None:
    world, _ = placed(PROVED)
    with pytest.raises(UsageError, match=said):
        down.run(world, name)


def test_without_a_server_it_cannot_be_tried() -> None:
    world, _ = placed(None)
    with pytest.raises(PostgresError, match="no PostgreSQL"):
        down.run(world, MORE.name)


def test_a_history_that_cannot_be_run_is_said() -> None:
    world, _ = placed(untried("20260101000000_init could not be run: division by zero"))
    with pytest.raises(PostgresError, match="division by zero"):
        down.run(world, MORE.name)


FOLDER = "prisma/migrations"
RENAMES = """ALTER TABLE "User" RENAME COLUMN name TO title;
CREATE TYPE mood AS ENUM ('sad', 'ok');
ALTER TABLE "User" ADD COLUMN mood mood NOT NULL DEFAULT 'ok';
CREATE VIEW happy AS SELECT id FROM "User" WHERE mood = 'ok';
"""


@pytest.mark.slow
def test_what_it_writes_leads_back_in_a_rehearsal(tmp_path: Path) -> None:
    first = 'CREATE TABLE "User" (id int PRIMARY KEY, name text NOT NULL);\n'
    files = {
        f"{FOLDER}/migration_lock.toml": 'provider = "postgresql"\n',
        f"{FOLDER}/{INIT.name}/migration.sql": first,
        f"{FOLDER}/{MORE.name}/migration.sql": RENAMES,
    }
    write(tmp_path, files)
    git("init", "--quiet", cwd=tmp_path)
    environ = {"MIGRATION_BOT_CACHE": str(tmp_path / "cache")}

    done = bot("down", MORE.name, "--write", cwd=tmp_path, environ=environ)

    assert done.code == ExitCode.FINE, done.said
    text = (tmp_path / FOLDER / MORE.name / "down.sql").read_text()
    assert 'RENAME COLUMN title TO "name"' in text
    assert "DROP VIEW public.happy;" in text
    assert "DROP TYPE public.mood;" in text
    rehearsed = bot("rehearse", "--all", "--format", "json", cwd=tmp_path, environ=environ)
    proof = json.loads(rehearsed.out)["migrations"][1]["rehearsed"]["down"]
    assert proof["proved"] is True
    again = bot("down", MORE.name, "--write", cwd=tmp_path, environ=environ)
    assert again.code == ExitCode.USAGE
    assert "already" in again.err
