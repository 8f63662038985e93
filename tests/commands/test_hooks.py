"""`apply` and what follows it, at a command line and on a real server."""

import json
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from jsonschema import Draft202012Validator

from bot.adapters.postgres.catalogue import snapshot
from bot.errors import ExitCode
from tests.commands.place import CONFIGURATION, FOLDER, INIT, SCRIPT, Place, refused
from tests.shell import Done

SCHEMA = Path(__file__).parents[2] / "docs/reference/apply.schema.json"
SEED = "prisma/seed.sql"
ROWS = "INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING;\n-- ⚙\nINSERT INTO a VALUES (2);\n"
CLIENT = f"generate: [{sys.executable}, -c, \"print('made the client')\"]"
BROKEN = f"generate: [{sys.executable}, -c, \"raise SystemExit('no schema')\"]"


def configured(place: Place, hooks: str, kind: str = "development") -> None:
    kept = place.root.with_name("backups")
    target = (
        f"targets: {{here: {{kind: {kind}, url_env: DATABASE_URL, approvals: 0, "
        f"backup: {{directory: {kept}}}}}}}\n"
    )
    place.write(CONFIGURATION, f"{target}hooks:\n  {hooks}\n")


def apply(place: Place, database: str, *more: str) -> Done:
    return place.bot("apply", "here", *more, environ={"DATABASE_URL": database})


def read(done: Done) -> dict[str, Any]:
    """What was printed, having found it to be as its schema says."""
    found: dict[str, Any] = json.loads(done.out)
    validator = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    assert list(validator.iter_errors(found)) == []
    return found


def rows(database: str) -> list[int]:
    with psycopg.connect(database) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM a ORDER BY id")]


@pytest.mark.slow
def test_a_development_target_is_applied_generated_for_and_seeded(
    near: Place, database: str
) -> None:
    near.write(SEED, ROWS)
    configured(near, CLIENT)

    plain = apply(near, database)
    assert plain.code == 0, plain.said
    assert "generate | made the client" in plain.err
    assert "generate hook (" in plain.out
    assert rows(database) == []

    seeded = apply(near, database, "--seed", "--no-generate", "--format", "json")
    assert seeded.code == 0, seeded.said
    (hook,) = read(seeded)["hooks"]
    assert (hook["hook"], hook["what"], hook["ok"]) == ("seed", SEED, True)
    assert "made the client" not in seeded.err
    assert rows(database) == [1, 2]


@pytest.mark.slow
def test_a_hook_that_fails_takes_nothing_back_and_is_told_apart(near: Place, database: str) -> None:
    configured(near, BROKEN)

    done = apply(near, database, "--format", "json")

    assert done.code == ExitCode.USAGE
    found = read(done)
    assert (found["state"], found["migrations"]) == ("applied", [INIT])
    (hook,) = found["hooks"]
    assert not hook["ok"]
    assert "here is up to date, but: The generate hook" in done.err
    assert "no schema" in done.err
    assert rows(database) == []


@pytest.mark.slow
def test_a_seed_that_is_refused_leaves_nothing_of_itself(near: Place, database: str) -> None:
    near.write(SEED, "INSERT INTO a VALUES (1);\nINSERT INTO nowhere VALUES (2);\n")

    done = near.bot("apply", "development", "--seed", environ={"DATABASE_URL": database})

    assert done.code == ExitCode.POSTGRES
    assert "is up to date" in done.out
    assert f"The seed {SEED} was refused" in done.err
    assert rows(database) == []


@pytest.mark.slow
def test_a_seed_that_is_a_program_finds_the_database_and_its_password_is_never_shown(
    near: Place, database: str
) -> None:
    program = "import os; print(os.environ['DATABASE_URL'], os.environ.get('GITHUB_TOKEN'))"
    configured(near, f'seed: [{sys.executable}, -c, "{program}"]')
    url = database.replace("postgresql:///", "postgresql://postgres:hush-hush@/")
    token = {"GITHUB_TOKEN": "ghs_c4narytoken"}

    done = near.bot("apply", "here", "--seed", environ={"DATABASE_URL": url, **token})

    assert done.code == 0, done.said
    assert "seed | [redacted] None" in done.err
    assert "hush-hush" not in done.said


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["staging", "production"])
def test_staging_and_production_get_their_migrations_and_nothing_else(
    near: Place, database: str, kind: str
) -> None:
    """What is there afterwards is what the scripts alone make, and the bot's bookkeeping."""
    near.write(SEED, ROWS)
    near.write(SCRIPT, "ALTER TABLE a ADD COLUMN note text;\nCREATE VIEW v AS SELECT id FROM a;\n")
    configured(near, CLIENT, kind)
    refused(apply(near, database, "--seed"), ExitCode.USAGE, "only development is seeded")
    with psycopg.connect(database) as connection:
        connection.execute((near.root / FOLDER / INIT / "migration.sql").read_bytes())
        connection.execute((near.root / SCRIPT).read_bytes())
        expected = snapshot(connection, exclude=())
        connection.rollback()

    done = apply(near, database)

    assert done.code == 0, done.said
    assert "made the client" not in done.said
    with psycopg.connect(database) as connection:
        found = snapshot(connection, exclude=())
    ours = ("_prisma_migrations", "migration_bot")
    beside = {key for key in found.keys() - expected.keys() if not any(o in str(key) for o in ours)}
    assert beside == set()
    assert {key: found[key] for key in expected} == expected
    assert rows(database) == []

    asked = apply(near, database, "--generate")
    assert "generate | made the client" in asked.err
