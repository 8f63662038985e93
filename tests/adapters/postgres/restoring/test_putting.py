"""Backups put back: whole, compared, with everything that a database is besides its content."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import psycopg
import pytest

from bot.adapters.postgres import migrations_table
from bot.adapters.postgres.backups.dump import CATALOGUE
from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.restoring.properties import Properties, properties_of
from bot.core.backups.backup import TableContent
from bot.core.restores.loss import TableLoss
from bot.core.restores.outcome import Step
from bot.core.restores.plan import How
from bot.errors import BackupError, PostgresError
from tests.adapters.postgres.restoring.places import Live, on_the_newest, quiet

pytestmark = [pytest.mark.slow, on_the_newest]


def test_the_old_database_is_kept_under_a_name_that_tells_what_it_is(small: Live) -> None:
    manifest = small.back_up()
    small.ask("INSERT INTO orders SELECT n FROM generate_series(51, 60) n")

    put = small.put(manifest)

    assert small.databases == [small.name, put.kept]
    assert put.kept.startswith(f"{small.name}_before_restore_2")
    assert small.ask("SELECT count(*) FROM orders", database=put.kept) == [(60,)]
    assert small.ask("SELECT count(*) FROM orders") == [(50,)]
    assert put.lost == (TableLoss("public.orders", 60, 50),)
    said = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = "
    assert manifest.id in small.ask(f"{said}'{put.kept}'")[0][0]
    assert small.ask(f"{said}'{small.name}'") == [(None,)]
    with small.site() as site:
        assert site.scene().kept == (put.kept,)


PROPERTIES = """
ALTER DATABASE {0} SET search_path TO "$user", public, "a ""b, c";
ALTER DATABASE {0} SET work_mem = '7MB';
ALTER DATABASE {0} SET my.own = 'it''s; mine';
ALTER ROLE "{0} app" IN DATABASE {0} SET statement_timeout = '5s';
COMMENT ON DATABASE {0} IS 'the one with the money';
ALTER DATABASE {0} CONNECTION LIMIT 17;
REVOKE CONNECT ON DATABASE {0} FROM PUBLIC;
GRANT CONNECT ON DATABASE {0} TO "{0} app" WITH GRANT OPTION;
ALTER DATABASE {0} OWNER TO "{0} owner";
"""


@contextmanager
def with_properties(found: Live) -> Iterator[None]:
    roles = [f'"{found.name} {each}"' for each in ("app", "owner")]
    found.ask(*(f"CREATE ROLE {each}" for each in roles))
    try:
        for each in PROPERTIES.format(found.name).strip().split(";\n"):
            found.ask(each.removesuffix(";"))
        yield
    finally:
        for name in found.databases:
            found.ask(f'DROP DATABASE "{name}" WITH (FORCE)', database="postgres")
        found.ask(*(f"DROP ROLE {each}" for each in roles), database="postgres")


def properties(found: Live) -> dict[str, object]:
    with closing(connect(found.url("postgres"), application_name="test")) as connection:
        known = properties_of(connection, found.name)
    assert isinstance(known, Properties)
    return {name: value for name, value in vars(known).items() if name != "oid"}


def test_settings_rights_owner_limit_and_comment_of_the_database_go_with_its_name(
    small: Live,
) -> None:
    with with_properties(small):
        manifest, before = small.back_up(), properties(small)
        assert len(before["settings"]) == 4  # type: ignore[arg-type]

        small.put(manifest)

        assert properties(small) == before


def test_a_database_that_is_gone_is_made_again(small: Live) -> None:
    manifest = small.back_up()
    small.ask(f"DROP DATABASE {small.name} WITH (FORCE)", database="postgres")

    put = small.put(manifest)

    assert (put.kept, put.lost) == ("", None)
    assert small.databases == [small.name]
    assert small.ask("SELECT count(*) FROM orders") == [(50,)]


def test_whoever_is_connected_is_sent_away_and_comes_back_to_the_restored_one(small: Live) -> None:
    """A hundred times a second, they come back at once: none of them gets in between."""
    manifest, stop, wrote = small.back_up(), threading.Event(), []

    def write() -> None:
        number = 1000
        while not stop.is_set():
            try:
                with psycopg.connect(small.server.url(small.name), autocommit=True) as connection:
                    while not stop.is_set():
                        number += 1
                        connection.execute("INSERT INTO orders VALUES (%s)", (number,))
                        wrote.append(number)
            except psycopg.Error:
                continue

    threads = [threading.Thread(target=write)]
    for each in threads:
        each.start()
    try:
        put = small.put(manifest)
    finally:
        stop.set()
        for each in threads:
            each.join()

    there = {number for (number,) in small.ask("SELECT id FROM orders WHERE id > 1000")}
    kept = {
        number
        for (number,) in small.ask("SELECT id FROM orders WHERE id > 1000", database=put.kept)
    }
    assert kept
    assert there | kept >= set(wrote)
    assert there & kept == set()
    assert put.lost == (TableLoss("public.orders", 50 + len(kept), 50),)


@pytest.mark.parametrize("how", How)
def test_a_copy_that_is_not_what_was_saved_never_takes_the_place(small: Live, how: How) -> None:
    manifest = small.back_up()
    small.ask("UPDATE orders SET what = 'now'")
    before = small.ask("SELECT * FROM orders ORDER BY id")
    catalogue = small.directory / manifest.path / CATALOGUE
    catalogue.write_text(catalogue.read_text().replace("orders.what", "orders.other"))

    with pytest.raises(BackupError, match=r"removed column public.orders.other.*was not changed"):
        small.put(manifest, how)

    assert small.ask("SELECT * FROM orders ORDER BY id") == before
    assert small.databases == [small.name]


@pytest.mark.parametrize("how", How)
@pytest.mark.parametrize(
    ("saved", "said"),
    [
        (TableContent("public.orders", 51), "51 rows became 50"),
        (TableContent("public.orders", 50, "1"), "the rows are not the same"),
        (TableContent("public.others", 50), "table public.others is missing"),
    ],
)
def test_a_copy_that_differs_by_one_row_never_takes_the_place(
    small: Live, how: How, saved: TableContent, said: str
) -> None:
    manifest = replace(small.back_up(), tables=(saved,))

    with pytest.raises(BackupError, match=said):
        small.put(manifest, how)

    assert small.ask("SELECT count(*) FROM orders") == [(50,)]
    assert small.databases == [small.name]


@pytest.mark.parametrize("how", How)
def test_a_database_that_was_made_read_only_so_that_it_gets_no_worse(small: Live, how: How) -> None:
    manifest = small.back_up()
    small.ask("DELETE FROM orders")
    small.ask(f"ALTER DATABASE {small.name} SET default_transaction_read_only = on")

    small.put(manifest, how)

    assert small.ask("SELECT count(*) FROM orders") == [(50,)]
    assert small.ask("SHOW default_transaction_read_only") == [("on",)]


@pytest.mark.parametrize("how", How)
def test_a_dump_that_cannot_be_restored_leaves_everything_as_it_was(small: Live, how: How) -> None:
    manifest = small.back_up()
    data = next((small.directory / manifest.path / "dump").glob("*.dat.*"))
    data.write_bytes(data.read_bytes()[:-9])

    with pytest.raises(BackupError, match="pg_restore"):
        small.put(manifest, how)

    assert small.ask("SELECT count(*) FROM orders") == [(50,)]
    assert small.databases == [small.name]


def commented(found: Live, text: str) -> None:
    """A migrations table with a comment."""
    with closing(connect(found.url(), application_name="test")) as connection:
        migrations_table.create(connection, comment=text)


def test_the_mark_of_the_target_is_that_of_the_database_it_is_in(small: Live) -> None:
    commented(small, "migration-bot v1 target=production system=1 database=x oid=2 host=h")

    small.put(small.back_up())

    with small.site() as site:
        assert site.database is not None
        identity = site.database.facts().identity
        comment = small.ask("SELECT obj_description('_prisma_migrations'::regclass)")[0][0]
    assert f"target=production system={identity.system_identifier}" in comment
    assert f"oid={identity.oid} " in comment


def test_somebody_elses_words_on_the_migrations_table_stay(small: Live) -> None:
    commented(small, "ours")

    small.put(small.back_up())

    assert small.ask("SELECT obj_description('_prisma_migrations'::regclass)") == [("ours",)]


def test_two_restores_of_one_target_never_run_at_once(small: Live) -> None:
    manifest = small.back_up()
    with (
        small.site() as first,
        first.exclusively(quiet),
        pytest.raises(PostgresError, match="Another restore of production is under way"),
    ):
        small.put(manifest)

    small.put(manifest)
    assert small.heard[-1] is Step.DONE


@pytest.mark.parametrize("after", [Step.CREATED, Step.FILLED, Step.FITTED, Step.RENAMED])
def test_an_interruption_leaves_nothing_behind(small: Live, after: Step) -> None:
    manifest = small.back_up()

    def interrupt(step: Step) -> None:
        if step is after:
            raise KeyboardInterrupt

    with small.site() as site, site.exclusively(quiet), pytest.raises(KeyboardInterrupt):
        site.put(
            manifest,
            small.directory / manifest.path,
            How.SWAP,
            owners=True,
            note=quiet,
            heard=interrupt,
        )

    assert small.databases == [small.name]
    assert small.ask("SELECT count(*) FROM orders") == [(50,)]
