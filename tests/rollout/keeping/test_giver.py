"""What is given back behind the statements that take a migration back."""

from dataclasses import dataclass, field, replace

import pytest

from bot.core.kept.kept import Conflict, GivenBack
from bot.core.rollouts.checkpoint import Record, Whole
from bot.errors import PostgresError
from bot.rollout.keeping.giver import Giver
from tests.fakes import FakeDatabase
from tests.judging import judged
from tests.rollout.keeping.test_keeper import KEPT

DOWN = judged("CREATE TABLE a (id int); SELECT 1;")
STATEMENTS = [each.statement for each in DOWN.statements]
CONFLICT = Conflict("public.a", "its key is there again", 2, "SELECT * FROM c")


@dataclass
class Target(FakeDatabase):
    """One that has given back all but two."""

    lost: PostgresError | None = None
    said: list[str] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)

    def given_back(self, records: object) -> GivenBack:
        if self.lost is not None:
            raise self.lost
        return GivenBack(5, (CONFLICT,))

    def run(self, *, ends: bool = True) -> Giver:
        def is_last(record: Record) -> bool:
            return ends

        giver = Giver("row", self, self.said.append, is_last)
        giver.together(
            STATEMENTS,
            Whole("row", DOWN.migration),
            needs=(),
            heard=lambda: lambda place, seconds, rows: self.heard.append(place),
            lifting=(),
        )
        return giver


def test_it_comes_behind_the_last_statement_and_conflicts_are_said() -> None:
    target = Target(listed=[replace(KEPT, record="row")])

    giver = target.run()

    assert target.diary[1:4] == [*(each.sql for each in STATEMENTS), "give back kept_1"]
    assert target.heard == [0, 1]
    assert (giver.given.rows, giver.given.conflicting) == (5, 2)
    assert target.said == [
        "5 kept rows were given back, 2 stay as they are",
        "2 rows of public.a not given back: its key is there again (`SELECT * FROM c`)",
    ]


@pytest.mark.parametrize(("ends", "record"), [(False, "row"), (True, "another")])
def test_not_before_the_end_and_not_of_another(ends: bool, record: str) -> None:
    target = Target(listed=[replace(KEPT, record=record)])
    target.run(ends=ends)

    assert "give back kept_1" not in target.diary
    assert target.said == []


def test_an_error_of_what_gives_back_is_behind_the_statements() -> None:
    error = PostgresError("no", hint="so", sqlstate="42501")
    target = Target(listed=[replace(KEPT, record="row")], refuse={"give back kept_1": [error]})

    with pytest.raises(PostgresError) as refused:
        target.run()

    assert refused.value.position == len(STATEMENTS)


def test_once_it_is_committed_nothing_has_it_run_again() -> None:
    wait = PostgresError("wait", hint="so", sqlstate="55P03")
    target = Target(listed=[replace(KEPT, record="row")], lost=wait)
    target.run()

    assert target.said == ["what was given back could not be counted: wait"]
