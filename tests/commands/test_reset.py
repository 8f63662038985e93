"""`reset` at a command line, on a real server: what goes, what stays, and how it ends."""

import json
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from jsonschema import Draft202012Validator

from bot.errors import ExitCode
from tests.commands.place import FOLDER, INIT, MORE, SCRIPT, Place, refused
from tests.commands.within import NearPlace
from tests.conftest import RunningServer
from tests.shell import Done, command, environment

SCHEMA = Path(__file__).parents[2] / "docs/reference/reset.schema.json"
SEED = "prisma/seed.sql"
ROLES = ("reader", "owner")


def reset(place: Place, database: str, *more: str, **environ: str) -> Done:
    return place.bot("reset", "development", *more, environ={"DATABASE_URL": database, **environ})


def applied(place: Place, database: str) -> None:
    done = place.bot("apply", "development", environ={"DATABASE_URL": database})
    assert done.code == 0, done.said


def execute(database: str, *statements: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        for each in statements:
            connection.execute(each.encode())


def ask(database: str, query: str) -> list[Any]:
    with psycopg.connect(database, autocommit=True) as connection:
        return [row[0] for row in connection.execute(query.encode())]


@pytest.fixture
def roles(database: str) -> Iterator[dict[str, str]]:
    """Two roles of the server, by what they are for; their names are new."""
    names = {each: f"{each}_{secrets.token_hex(4)}" for each in ROLES}
    execute(database, *(f"CREATE ROLE {name}" for name in names.values()))
    yield names
    execute(database, *(f"DROP OWNED BY {name} CASCADE" for name in names.values()))
    execute(database, *(f"DROP ROLE {name}" for name in names.values()))


@pytest.mark.slow
def test_everything_is_dropped_applied_anew_and_seeded(near: Place, database: str) -> None:
    near.write(SEED, "INSERT INTO a VALUES (1);\n")
    applied(near, database)
    execute(database, "INSERT INTO a VALUES (7)", "CREATE TABLE by_hand (id int)")

    done = reset(near, database, "--yes", "--format", "json")

    assert done.code == 0, done.said
    found = json.loads(done.out)
    assert list(Draft202012Validator(json.loads(SCHEMA.read_text())).iter_errors(found)) == []
    assert found["migrations"] == [INIT]
    assert found["reset"]["emptied"] == ["public"]
    assert found["reset"]["tables"] == 2, "a and by_hand"
    assert [each["hook"] for each in found["hooks"]] == ["seed"]
    assert ask(database, "SELECT id FROM a") == [1]
    assert ask(database, "SELECT to_regclass('by_hand')::text") == [None]
    assert ask(database, "SELECT migration_name FROM _prisma_migrations") == [INIT]
    assert ask(database, "SELECT nspname FROM pg_namespace WHERE nspname = 'migration_bot'") == []


@pytest.mark.slow
def test_a_history_that_was_edited_or_failed_is_applied_as_it_is_now(
    near: Place, database: str
) -> None:
    """What no `apply` may go past."""
    near.write(SCRIPT, "CREATE TABLE b (id int);\n")
    applied(near, database)
    near.write(SCRIPT, "CREATE TABLE c (id int);\n")
    near.write(f"{FOLDER}/20260103000000_last/migration.sql", "CREATE TABLE d (id int);\n")
    execute(
        database,
        "INSERT INTO _prisma_migrations (id, checksum, migration_name) "
        "VALUES ('1', 'x', '20250101000000_of_a_branch')",
    )
    assert near.bot("plan", "development", environ={"DATABASE_URL": database}).code == 6

    done = reset(near, database, "--yes", "--no-seed")

    assert done.code == 0, done.said
    names = ask(database, "SELECT migration_name FROM _prisma_migrations ORDER BY 1")
    assert names == [INIT, MORE, "20260103000000_last"]
    assert ask(database, "SELECT to_regclass('b')::text") == [None]


@pytest.mark.slow
def test_what_prisma_loses_stays(near: Place, database: str, roles: dict[str, str]) -> None:
    reader, owner = roles["reader"], roles["owner"]
    near.write(
        SCRIPT,
        'CREATE SCHEMA IF NOT EXISTS "shop";\nCREATE TYPE "shop"."mood" AS ENUM (\'sad\');\n'
        'CREATE TABLE "shop"."t" (id int, mood "shop"."mood");\n'
        "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';\n"
        "CREATE VIEW v AS SELECT id FROM a;\n",
    )
    applied(near, database)
    name = ask(database, "SELECT current_database()")[0]
    execute(
        database,
        'CREATE EXTENSION citext SCHEMA "shop"',
        f"CREATE SCHEMA aside AUTHORIZATION {owner}",
        "CREATE TABLE aside.kept (id int)",
        "INSERT INTO aside.kept VALUES (1)",
        f'ALTER SCHEMA "shop" OWNER TO {owner}',
        f'GRANT USAGE ON SCHEMA "shop" TO {reader}',
        "COMMENT ON SCHEMA \"shop\" IS 'of the shop'",
        f'ALTER DEFAULT PRIVILEGES IN SCHEMA "shop" GRANT SELECT ON TABLES TO {reader}',
        f'GRANT SELECT ON "shop"."t" TO {reader}',
        f"ALTER DATABASE {name} SET work_mem = '5MB'",
        f"COMMENT ON DATABASE {name} IS 'mine'",
        f"GRANT CREATE ON DATABASE {name} TO {owner}",
        f"ALTER TABLE a OWNER TO {owner}",
        f"GRANT SELECT (id), UPDATE ON a TO {reader}",
        f"GRANT SELECT ON v TO {reader} WITH GRANT OPTION",
        "REVOKE ALL ON FUNCTION f(int) FROM PUBLIC",
        f'ALTER TYPE "shop"."mood" OWNER TO {owner}',
        "CREATE PUBLICATION mine",
    )
    before = facts(database)

    done = reset(near, database, "--yes")

    assert done.code == 0, done.said
    assert facts(database) == before
    assert "given back" in done.out
    assert "not given back" not in done.out


def facts(database: str) -> dict[str, Any]:
    """What of a database is no table of its migrations, with whom everything belongs to."""
    queries = {
        "extensions": "SELECT (extname, extnamespace::regnamespace)::text FROM pg_extension",
        "schemas": "SELECT (nspname, nspowner::regrole, nspacl, obj_description(oid))::text"
        " FROM pg_namespace WHERE nspname !~ '^pg_'",
        "defaults": "SELECT (defaclnamespace::regnamespace, defaclacl)::text FROM pg_default_acl",
        "database": "SELECT (oid, datdba, datacl, shobj_description(oid, 'pg_database'))::text"
        " FROM pg_database WHERE datname = current_database()",
        "settings": "SELECT setconfig::text FROM pg_db_role_setting WHERE setdatabase ="
        " (SELECT oid FROM pg_database WHERE datname = current_database())",
        "aside": "SELECT id FROM aside.kept",
        "owners": "SELECT (oid::regclass, relowner::regrole)::text FROM pg_class"
        " WHERE relkind IN ('r', 'v', 'S') AND relnamespace::regnamespace::text"
        " IN ('public', 'shop')",
        "rights": "SELECT (grantee, table_schema, table_name, privilege_type, is_grantable)::text"
        " FROM information_schema.table_privileges WHERE table_schema IN ('public', 'shop')",
        "columns": "SELECT (attrelid::regclass, attname, (aclexplode(attacl)).grantee::regrole)"
        "::text FROM pg_attribute WHERE attacl IS NOT NULL",
        "functions": "SELECT (oid::regprocedure, proowner::regrole, proacl IS NULL)::text"
        " FROM pg_proc WHERE proname = 'f'",
        "types": "SELECT (typname, typowner::regrole)::text FROM pg_type WHERE typname = 'mood'",
        "publications": "SELECT pubname FROM pg_publication",
    }
    return {name: sorted(map(str, ask(database, query))) for name, query in queries.items()}


@pytest.mark.slow
def test_rights_that_the_history_itself_gives_are_its_own_matter(
    near: Place, database: str, roles: dict[str, str]
) -> None:
    reader = roles["reader"]
    near.write(SCRIPT, f"GRANT SELECT ON a TO {reader};\n")
    applied(near, database)
    execute(database, f"GRANT UPDATE ON a TO {reader}")

    assert reset(near, database, "--yes").code == 0

    query = (
        f"SELECT privilege_type FROM information_schema.table_privileges WHERE grantee = '{reader}'"
    )
    assert ask(database, query) == ["SELECT"]


@pytest.mark.slow
def test_what_a_history_makes_without_asking_is_made_by_it_again(
    near: Place, database: str
) -> None:
    near.write(
        SCRIPT,
        'CREATE SCHEMA other;\nCREATE EXTENSION citext;\nCREATE PUBLICATION "Pub" FOR TABLE a;\n'
        "CREATE TABLE other.t (id citext);\n",
    )
    applied(near, database)

    done = reset(near, database, "--yes")

    assert done.code == 0, done.said
    assert ask(database, "SELECT to_regclass('other.t')::text") == ["other.t"]


@pytest.mark.slow
def test_a_schema_in_the_connection_string_is_the_only_one_that_is_emptied(
    near: Place, database: str
) -> None:
    there = f"{database}&schema=app" if "?" in database else f"{database}?schema=app"
    applied(near, there)
    execute(database, "CREATE TABLE public.theirs (id int)", "INSERT INTO app.a VALUES (1)")

    done = reset(near, there, "--yes")

    assert done.code == 0, done.said
    assert ask(database, "SELECT count(*) FROM app.a") == [0]
    assert ask(database, "SELECT to_regclass('public.theirs')::text") == ["theirs"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "hanging",
    [
        "CREATE VIEW aside.v AS SELECT id FROM public.a",
        "ALTER TABLE aside.kept ADD FOREIGN KEY (id) REFERENCES public.a (id)",
        "ALTER TABLE aside.kept ADD COLUMN m public.mood",
        "ALTER TABLE aside.kept ADD COLUMN n int DEFAULT public.f()",
        "CREATE FUNCTION aside.g(public.mood) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE aside.kept ADD COLUMN c public.citext",
    ],
)
def test_nothing_goes_along_that_is_said_to_stay(near: Place, database: str, hanging: str) -> None:
    near.write(
        SCRIPT,
        "CREATE EXTENSION citext;\nCREATE TYPE mood AS ENUM ('sad');\n"
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n",
    )
    applied(near, database)
    execute(database, "CREATE SCHEMA aside", "CREATE TABLE aside.kept (id int)", hanging)

    done = reset(near, database, "--yes")

    assert (done.code, done.out) == (ExitCode.POSTGRES, ""), done.said
    assert re.search(r"in schemas that stay what hangs on .* aside\.", done.err)

    assert ask(database, "SELECT migration_name FROM _prisma_migrations ORDER BY 1") == [INIT, MORE]


@pytest.mark.slow
def test_the_name_has_to_be_typed_where_nobody_says_yes(near: Place, database: str) -> None:
    applied(near, database)
    execute(database, "INSERT INTO a VALUES (1)")

    done = reset(near, database)

    assert done.code == ExitCode.USAGE
    assert "is going to be reset: everything in it is lost" in done.err
    assert "Nobody has typed the name of the target" in done.err
    assert ask(database, "SELECT id FROM a") == [1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "code", "kept"),
    [("development", 0, []), ("production", 2, [1]), ("y", 2, [1]), ("", 2, [1])],
)
def test_whoever_is_asked_has_to_type_it_out(
    near: Place, database: str, typed: str, code: int, kept: list[int]
) -> None:
    applied(near, database)
    execute(database, "INSERT INTO a VALUES (1)")

    done = reset(NearPlace(near.root, typed), database)

    assert done.code == code, done.said
    assert "Type the name of the target to reset it (development)" in done.err
    assert ask(database, "SELECT id FROM a") == kept


@pytest.mark.slow
def test_a_migration_that_cannot_be_read_is_told_before_anything_is_dropped(
    near: Place, database: str
) -> None:
    applied(near, database)
    execute(database, "INSERT INTO a VALUES (1)")
    near.write(SCRIPT, "CREATE TABEL b (id int);\n")

    refused(reset(near, database, "--yes"), ExitCode.USAGE, MORE)
    assert ask(database, "SELECT id FROM a") == [1]


@pytest.mark.slow
def test_a_database_that_is_not_there_is_made(near: Place, server: RunningServer) -> None:
    name = f"test_{secrets.token_hex(6)}"
    try:
        done = reset(near, server.url(name), "--yes")
        assert done.code == 0, done.said
        assert f"created the database {name}" in done.err
        assert ask(server.url(name), "SELECT count(*) FROM a") == [0]
    finally:
        execute(server.url(), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.mark.slow
def test_killed_at_any_moment_it_is_run_again_and_done(
    near: Place, database: str, roles: dict[str, str]
) -> None:
    reader = roles["reader"]
    for number in range(6):
        near.write(
            f"{FOLDER}/202602{number:02d}000000_t/migration.sql",
            f"CREATE TABLE t{number} (id int);\nCREATE INDEX CONCURRENTLY ON t{number} (id);\n",
        )
    applied(near, database)
    execute(database, f"GRANT SELECT ON t5, a TO {reader}")
    rights = (
        "SELECT table_name FROM information_schema.table_privileges "
        f"WHERE grantee = '{reader}' ORDER BY 1"
    )
    left = "SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]+$'"
    states = {}
    for step in ("locked", "cleared", "applied", "given back"):
        assert killed(near, database, step=step) == -signal.SIGKILL
        states[step] = ask(database, left)[0]
    for said in ("taking out", "applying 20260203"):
        assert killed(near, database, said=said) == -signal.SIGKILL
        states[said] = ask(database, left)[0]
    assert (states["locked"], states["cleared"], states["applied"]) == (6, 0, 6)
    assert 0 < states["applying 20260203"] < 6

    done = reset(near, database, "--yes")

    assert done.code == 0, done.said
    finished = "SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL"
    assert ask(database, finished) == [7]
    assert ask(database, rights) == ["a", "t5"]
    assert ask(database, "SELECT to_regnamespace('migration_bot')::text") == [None]


def killed(place: Place, database: str, *, step: str = "", said: str = "") -> int:
    """How a reset ended that was killed at a step, or when it said something."""
    module = [sys.executable, "-m", "tests.commands.killed_reset", step]
    process = subprocess.Popen(
        module if step else command("reset", "development", "--yes"),
        cwd=place.root,
        env=environment(DATABASE_URL=database),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    with process.stderr as err:
        for line in err:
            if said and said in line:
                process.kill()
    return process.wait(60)
