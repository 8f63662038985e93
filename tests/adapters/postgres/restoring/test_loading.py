"""Loading by a role that may not make databases: all of it, or nothing."""

from collections.abc import Iterator

import psycopg
import pytest

from bot.core.backups.backup import Manifest
from bot.core.restores.outcome import Step
from bot.core.restores.plan import How
from bot.errors import BackupError, PostgresError
from tests.adapters.postgres.restoring.places import Live, on_the_newest, quiet

pytestmark = [pytest.mark.slow, on_the_newest]

MADE = """
CREATE SCHEMA sales;
CREATE TYPE sales.kind AS ENUM ('a', 'b');
CREATE TABLE sales.orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind sales.kind);
INSERT INTO sales.orders (kind) SELECT 'a' FROM generate_series(1, 20);
CREATE TABLE odd (line text);
INSERT INTO odd VALUES (E'COPY x FROM stdin;\\n\\\\.\\n'), (E'COMMIT;\\n'), (NULL), ('\\N'), ('');
CREATE FUNCTION odd() RETURNS int LANGUAGE plpgsql AS $$
/*
COPY odd FROM stdin;
COMMIT;
\\restrict abc
*/
BEGIN RETURN 1; END $$;
"""


@pytest.fixture
def owned(small: Live) -> Iterator[Live]:
    """It belongs to a role that may do nothing else on the server."""
    role = f"{small.name}_owner"
    small.ask(
        f"CREATE ROLE {role} LOGIN",
        f"ALTER DATABASE {small.name} OWNER TO {role}",
        f"ALTER TABLE orders OWNER TO {role}",
        f"SET ROLE {role}; {MADE}",
    )
    small.user = role
    yield small
    small.user = None
    small.ask(f"DROP DATABASE {small.name} WITH (FORCE)", f"DROP ROLE {role}", database="postgres")


def test_a_role_without_createdb_is_told_so_and_loads(owned: Live) -> None:
    before = owned.ask("SELECT * FROM odd ORDER BY line")
    manifest = owned.back_up()
    owned.ask("DROP SCHEMA sales CASCADE; TRUNCATE odd; CREATE TABLE own (id int)")
    owned.ask(f"ALTER TABLE own OWNER TO {owned.user}")
    with owned.site() as site:
        scene = site.scene()
    assert scene.may_not_swap == f"{owned.user} may not create databases"
    assert scene.cannot_load == ()

    owned.put(manifest, How.LOAD)

    assert owned.ask("SELECT * FROM odd ORDER BY line") == before
    assert owned.ask("SELECT count(*) FROM sales.orders") == [(20,)]
    assert owned.ask("SELECT to_regclass('own')") == [(None,)]
    assert owned.ask("INSERT INTO sales.orders (kind) VALUES ('b') RETURNING id") == [(21,)]
    assert owned.databases == [owned.name]


def test_what_the_role_cannot_drop_is_said_before(owned: Live) -> None:
    owned.ask("CREATE TABLE theirs (id int)")

    with owned.site() as site:
        assert site.scene().cannot_load == ("relation theirs of postgres",)

    with pytest.raises(PostgresError, match="permission denied for table theirs"):
        owned.put(owned_backup(owned), How.LOAD)
    assert owned.ask("SELECT count(*) FROM sales.orders") == [(20,)]


def owned_backup(found: Live) -> Manifest:
    """Taken by the superuser: the role may not read what is not its own."""
    user, found.user = found.user, None
    try:
        return found.back_up()
    finally:
        found.user = user


@pytest.mark.parametrize("step", [Step.SWAPPING, Step.FILLED, Step.CHECKED, Step.FITTED])
def test_broken_off_anywhere_it_has_changed_nothing(owned: Live, step: Step) -> None:
    manifest = owned.back_up()
    owned.ask("DELETE FROM odd")

    def fail(heard: Step) -> None:
        if heard is step:
            raise BackupError("broken off", hint="")

    place = owned.directory / manifest.path
    with (
        owned.site() as site,
        site.exclusively(quiet),
        pytest.raises(BackupError, match="broken off"),
    ):
        site.put(manifest, place, How.LOAD, owners=True, note=quiet, heard=fail)

    assert owned.ask("SELECT count(*) FROM odd") == [(0,)]
    assert owned.ask("SELECT count(*) FROM sales.orders") == [(20,)]


def test_with_createdb_the_same_role_swaps_and_nothing_else_is_asked_of_it(owned: Live) -> None:
    owned.ask(f"ALTER ROLE {owned.user} CREATEDB", "DROP TABLE orders")
    manifest = owned.back_up()
    owned.ask("DELETE FROM odd")

    with psycopg.connect(owned.url().text, application_name="its own"):
        put = owned.put(manifest)

    assert owned.databases == [owned.name, put.kept]
    assert len(owned.ask("SELECT line FROM odd")) == 5
    owned.ask(f'DROP DATABASE "{put.kept}"', database="postgres")


def test_a_session_that_it_may_not_end_leaves_everything_as_it_was(owned: Live) -> None:
    owned.ask(f"ALTER ROLE {owned.user} CREATEDB", "DROP TABLE orders")
    manifest = owned.back_up()

    with (
        psycopg.connect(owned.server.url(owned.name)),
        pytest.raises(PostgresError, match="put the restored database in the place"),
    ):
        owned.put(manifest)

    assert owned.databases == [owned.name]
    assert len(owned.ask("SELECT line FROM odd")) == 5
