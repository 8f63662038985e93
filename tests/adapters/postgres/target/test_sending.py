"""Which statement of a file an answer is about, whatever else is sent between them."""

import pytest

from bot.adapters.postgres.target.opening import open_target
from bot.adapters.postgres.target.sending import Sent, limit_again
from bot.core.rollouts.checkpoint import Whole
from bot.core.settings import default_targets
from bot.core.targets.url import parse_url
from bot.errors import PostgresError
from tests.fakes import migration

STAGING = default_targets()["staging"]
INIT = migration("20260101000000_init", "SELECT 1")
ONE, TWO = ("one", ()), ("two", ())


def test_every_query_knows_its_statement_and_the_nearest_to_blame() -> None:
    sent = Sent([ONE, ONE], ["a", "b", "c"], [TWO, TWO], lifting={0, 2}, limit=TWO)

    told = [each for each, _ in sent.queries]
    assert told == ["one", "one", "a", "two", "b", "c", "two", "two", "two"]
    assert [sent.statement(place) for place in range(len(told))] == [
        *(None, None, 0, None, 1, 2, None, None, None)
    ]
    assert [sent.nearest(place) for place in range(len(told))] == [*(0, 0, 0, 0, 1, 2, 2, 3, 3)]
    assert [sent.of_last(place) for place in (6, 7, 8, 9)] == [-1, 0, 1, 2]


def test_without_statements_the_first_place_is_blamed() -> None:
    sent = Sent([ONE], [], [TWO])

    assert [sent.nearest(place) for place in range(3)] == [0, 0, 0]


def test_each_statement_is_heard_of_once_and_in_order(database: str) -> None:
    texts = ["SET lock_timeout = 0", "SELECT 1", "RESET ALL", "SELECT 1 UNION SELECT 2"]
    heard: list[tuple[int, int]] = []
    with open_target(STAGING, parse_url(database)) as target:
        target.create_table()
        target.together(
            texts,
            Whole("1", INIT),
            needs=(),
            heard=lambda place, _, rows: heard.append((place, rows)),
            lifting={0, 2},
        )
        with pytest.raises(PostgresError) as error:
            target.together(
                [*texts, "SELECT 1 / 0"],
                Whole("2", INIT),
                needs=(),
                heard=lambda *_: None,
                lifting={0, 1, 2, 3},
            )

    assert heard == [(0, 0), (1, 1), (2, 0), (3, 2)]
    assert error.value.position == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "milliseconds"),
    [("0", 100), ("1", 1), ("99", 99), ("100ms", 100), ("0.05s", 50), ("1min", 100), ("1d", 100)],
)
def test_a_limit_is_brought_down_and_never_up(
    database: str, setting: str, milliseconds: int
) -> None:
    cap, _ = limit_again(STAGING, 100)
    with open_target(STAGING, parse_url(database)) as target:
        target.create_table()
        target.execute("CREATE TABLE seen (setting text)")
        see = "INSERT INTO seen SELECT setting FROM pg_settings WHERE name = 'lock_timeout'"
        target.together(
            [f"SET LOCAL lock_timeout = '{setting}'", cap, see],
            Whole("1", INIT),
            needs=(),
            heard=lambda *_: None,
        )
        query = f"SELECT setting = '{milliseconds}' FROM seen"

        assert target.wrong_with(query, timeout=1000) == ""
