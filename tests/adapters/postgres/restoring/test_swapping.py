"""Two databases change places, or none does, and what is said of it is true."""

import time
from contextlib import closing

import pytest

from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.restoring.properties import properties_of
from bot.adapters.postgres.restoring.swapping import Swap, swap
from bot.core.restores.outcome import Step
from bot.errors import PostgresError
from tests.adapters.postgres.restoring.places import Live, on_the_newest

pytestmark = [pytest.mark.slow, on_the_newest]


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


def test_once_the_lock_was_let_go_of_there_is_no_second_try(small: Live) -> None:
    """A session of ours that does not end, though it was told to."""
    copy, old = f"{small.name}_copy", f"{small.name}_old"
    small.ask(f"CREATE DATABASE {copy}", database="postgres")
    steps: list[Step] = []
    with (
        closing(connect(small.url("postgres"), application_name="renaming")) as renaming,
        closing(connect(small.url("postgres"), application_name="ending")) as ending,
        closing(connect(small.url(), application_name="staying")) as staying,
    ):
        like = properties_of(renaming, small.name)
        ours = (staying.info.backend_pid,)
        order = Swap(small.name, copy, old, like, "b", ours, lambda: None)

        with pytest.raises(PostgresError, match="could not be ended in time"):
            swap(renaming, ending, order, steps.append)

    assert steps.count(Step.SWAPPING) == 1
    assert small.databases == [small.name, copy]
