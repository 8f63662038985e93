"""What is seen of a real server before anything is restored."""

from contextlib import closing
from datetime import UTC, datetime

import psycopg
import pytest

from bot.adapters.postgres.connection import connect
from bot.core.restores.plan import How
from bot.core.restores.scene import Scene, Sessions
from tests.adapters.postgres.restoring.places import Live, on_the_newest

pytestmark = [pytest.mark.slow, on_the_newest]


def scene(found: Live) -> Scene:
    with found.site() as site:
        return site.scene()


def test_the_database_its_rows_and_who_is_connected(small: Live) -> None:
    with psycopg.connect(small.server.url(small.name), application_name="web"):
        seen = scene(small)

    assert (seen.there, seen.database, seen.may_not_swap) == (True, small.name, "")
    assert seen.sessions == (Sessions("web", "postgres", 1),)
    assert seen.tables is not None
    assert [(each.name, each.rows) for each in seen.tables] == [("public.orders", 50)]
    assert seen.applied == ()
    assert int(seen.system_identifier) > 0
    assert seen.size > 1_000_000
    assert abs((seen.now - datetime.now(UTC)).total_seconds()) < 60
    assert "postgres" in seen.roles


def test_a_database_that_is_gone(small: Live) -> None:
    small.ask(f"DROP DATABASE {small.name} WITH (FORCE)", database="postgres")

    seen = scene(small)

    assert (seen.there, seen.tables, seen.size) == (False, None, 0)
    assert "there is no such database" in seen.problem


def test_logical_slots_stay_where_they_are(small: Live) -> None:
    if small.ask("SHOW wal_level") != [("logical",)]:
        assert scene(small).slots == ()
        return
    small.ask("SELECT pg_create_logical_replication_slot('s', 'pgoutput')")
    assert scene(small).slots == ("s",)


def test_subscriptions_that_go_on_are_known_and_stay_in_the_database_that_is_kept(
    small: Live,
) -> None:
    options = "CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE)"
    small.ask(f"CREATE SUBSCRIPTION stopped {options}", f'CREATE SUBSCRIPTION "On" {options}')
    alter = 'ALTER SUBSCRIPTION "On"'
    small.ask(f"{alter} SET (slot_name = 'nothing')", f"{alter} ENABLE")
    try:
        assert scene(small).subscriptions == ("On",)
        manifest = small.back_up()
        kept = small.put(manifest).kept
        # The dump has them too, and they come back disabled.
        assert scene(small).subscriptions == ()
        told = small.ask("SELECT subname FROM pg_subscription WHERE subenabled", database=kept)
        assert told == [("On",)]
    finally:
        for name in small.databases:
            small.ask(f"{alter} DISABLE", f"{alter} SET (slot_name = NONE)", database=name)
            small.ask('DROP SUBSCRIPTION "On"', database=name)
            small.ask("DROP SUBSCRIPTION stopped", database=name)


def test_sessions_that_the_role_may_not_end_are_known_before(small: Live) -> None:
    role = f"{small.name}_owner"
    small.ask(f"CREATE ROLE {role} LOGIN CREATEDB", f"ALTER DATABASE {small.name} OWNER TO {role}")
    try:
        small.user = role
        with closing(connect(small.server.url(small.name), application_name="theirs")):
            seen = scene(small)
        assert (seen.role, seen.may_not_swap, seen.cannot_end) == (role, "", ("postgres",))
    finally:
        small.user = None
        small.ask(f"ALTER DATABASE {small.name} OWNER TO postgres", f"DROP ROLE {role}")


@pytest.mark.parametrize("how", How)
def test_without_owners_everything_is_ours_and_nothing_is_granted(small: Live, how: How) -> None:
    role = f"{small.name}_app"
    small.ask(f"CREATE ROLE {role}", f"GRANT SELECT ON orders TO {role}")
    small.ask("CREATE TABLE theirs (id int)", f"ALTER TABLE theirs OWNER TO {role}")
    manifest = small.back_up()
    assert role in manifest.roles
    small.ask(f"DROP OWNED BY {role}", f"DROP ROLE {role}")
    assert scene(small).lacks(manifest.roles) == (role,)

    small.put(manifest, how, owners=False)

    owner = "SELECT relowner::regrole::text, relacl IS NULL FROM pg_class WHERE relname = "
    assert small.ask(f"{owner}'theirs'") == [("postgres", True)]
    assert small.ask(f"{owner}'orders'") == [("postgres", True)]
