"""Two databases change places, or none does, and what is said of it is true."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import psycopg
import pytest

from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.restoring.properties import properties_of
from bot.adapters.postgres.restoring.swapping import Swap, swap
from bot.core.restores.outcome import Step
from bot.core.restores.scene import Sessions
from tests.adapters.postgres.restoring.places import Live, on_the_newest

pytestmark = [pytest.mark.slow, on_the_newest]


@pytest.fixture
def owned(small: Live) -> Iterator[Live]:
    """It belongs to a role that may make databases, and end no session but its own."""
    owner, other = f"{small.name}_owner", f"{small.name}_other"
    small.ask(
        f"CREATE ROLE {owner} LOGIN CREATEDB",
        f"CREATE ROLE {other} LOGIN",
        f"ALTER DATABASE {small.name} OWNER TO {owner}",
        f"ALTER TABLE orders OWNER TO {owner}",
    )
    small.user = owner
    yield small
    small.user = None
    small.ask(f"DROP DATABASE {small.name} WITH (FORCE)", database="postgres")
    small.ask(f"DROP ROLE {owner}", f"DROP ROLE {other}", database="postgres")


def test_sessions_that_the_role_may_not_end_are_seen_before_anything_is_restored(
    owned: Live,
) -> None:
    other = f"{owned.name}_other"
    url = replace(owned, user=other).url().text
    with psycopg.connect(url, application_name="shop"), owned.site() as site:
        scene = site.scene()

    assert scene.may_not_swap == ""
    assert scene.sessions == (Sessions("shop", other, 1),)
    assert scene.cannot_end == (other,)


def test_renames_that_went_through_are_never_told_as_refused(small: Live) -> None:
    """The connection that ends sessions is lost, and they go by themselves."""
    copy, old = f"{small.name}_copy", f"{small.name}_old"
    small.ask(f"CREATE DATABASE {copy}", database="postgres")
    with (
        closing(connect(small.url("postgres"), application_name="renaming")) as renaming,
        closing(connect(small.url("postgres"), application_name="ending")) as ending,
    ):
        like = properties_of(renaming, small.name)

        def heard(step: Step) -> None:
            if step is Step.SWAPPING:
                ending.close()
                # Long enough for the other thread to meet it.
                time.sleep(0.3)

        swap(renaming, ending, Swap(small.name, copy, old, like, "b", (), lambda: None), heard)

    assert small.databases == [small.name, old]
