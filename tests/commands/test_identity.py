"""The identity of a target at a command line, on a real server."""

import pytest

from bot.errors import ExitCode
from tests.commands.place import INIT, Place, refused


@pytest.mark.slow
def test_a_database_given_for_another_target_is_refused_until_it_is_claimed(
    place: Place, database: str
) -> None:
    development, staging = {"DATABASE_URL": database}, {"STAGING_DATABASE_URL": database}
    unmarked = place.bot("identity", "development", environ=development)
    assert "mark               none" in unmarked.out
    refused(
        place.bot("identity", "staging", "--claim", environ=staging),
        ExitCode.HISTORY,
        "has no migrations table yet",
    )

    assert place.bot("apply", "development", environ=development).code == 0
    for verb in ("apply", "identity"):
        done = place.bot(verb, "staging", environ=staging)
        if verb == "identity":
            assert "mark               development" in done.out
            assert 'system_identifier: "' in done.out
        else:
            refused(done, ExitCode.HISTORY, "is given the database of development", "--claim")

    assert place.bot("identity", "staging", "--claim", environ=staging).code == 0
    mine = place.bot("apply", "staging", environ=staging)
    assert mine.code == 0, mine.said
    refused(
        place.bot("apply", "development", environ=development),
        ExitCode.HISTORY,
        "development is given the database of staging",
    )
    assert INIT not in mine.out
