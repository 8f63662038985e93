"""What killed restores leave behind is removed, and nothing else ever is."""

import pytest

from bot.adapters.postgres.restoring.names import scratch_mark
from tests.adapters.postgres.restoring.places import Live, on_the_newest, quiet

pytestmark = [pytest.mark.slow, on_the_newest]

OURS = "_migration_bot_restore_0123456789ab"


def make(found: Live, name: str, *, mark: str = "", inside: str = "") -> None:
    found.ask(f'CREATE DATABASE "{name}" TEMPLATE template0', database="postgres")
    if mark:
        found.ask(f"COMMENT ON DATABASE \"{name}\" IS '{mark}'", database="postgres")
    if inside:
        found.ask(inside, database=name)


def swept(found: Live) -> tuple[str, ...]:
    with found.site() as site, site.exclusively(quiet):
        return site.sweep()


def test_one_that_bears_the_mark_is_removed_with_all_that_is_in_it(small: Live) -> None:
    name = small.name + OURS
    make(small, name, mark=scratch_mark(small.name), inside="CREATE TABLE orders (id int)")
    with small.site() as site:
        assert site.scene().leftovers == (name,)

    assert swept(small) == (name,)

    assert small.databases == [small.name]


def test_one_that_was_made_and_not_yet_marked_is_removed(small: Live) -> None:
    make(small, small.name + OURS)

    assert swept(small) == (small.name + OURS,)


@pytest.mark.parametrize(
    ("ending", "mark", "inside"),
    [
        pytest.param(OURS, "", "CREATE TABLE orders (id int)", id="something in it, no mark"),
        pytest.param(OURS, "", "SELECT lo_from_bytea(0, 'x')", id="a large object, no mark"),
        pytest.param(OURS, "", "CREATE TYPE mood AS ENUM ('sad')", id="a type, no mark"),
        pytest.param(OURS, "mine", "", id="somebody else's comment"),
        pytest.param(OURS + "c", "OURS", "", id="a longer name"),
        pytest.param("_migration_bot_restore_mine", "OURS", "", id="another name"),
        pytest.param("_before_restore_20261123160123", "OURS", "", id="one that is kept"),
        pytest.param("2" + OURS, "OURS", "", id="of another database"),
    ],
)
def test_nothing_else_is(small: Live, ending: str, mark: str, inside: str) -> None:
    said = scratch_mark(small.name) if mark == "OURS" else mark
    make(small, small.name + ending, mark=said, inside=inside)

    assert swept(small) == ()

    assert small.databases == [small.name, small.name + ending]
