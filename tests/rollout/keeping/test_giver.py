"""What is given back among the statements that take a migration back."""

from dataclasses import dataclass, field, replace

import pytest

from bot.core.kept.kept import Conflict, GivenBack
from bot.core.rollouts.checkpoint import Back, Checkpoint, Record, Step
from bot.errors import PostgresError
from bot.rollout.keeping.giver import Giver
from tests.fakes import FakeDatabase
from tests.judging import judged
from tests.rollout.keeping.test_keeper import KEPT

DOWN = judged("CREATE TABLE a (id int); SELECT 1;")
STATEMENTS = [each.statement for each in DOWN.statements]
FIRST, SECOND = (each.sql for each in STATEMENTS)
CONFLICT = Conflict("public.a", "its key is there again", 2, "SELECT * FROM c")
GIVE = "give back kept_1"


@dataclass
class Target(FakeDatabase):
    """One that has kept something, and has given back all but two rows."""

    lost: PostgresError | None = None
    said: list[str] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listed = [replace(KEPT, record="row")]

    def given_back(self, records: object) -> GivenBack:
        if self.lost is not None:
            raise self.lost
        return GivenBack(5, (CONFLICT,))

    def run(self, *, at: int | None = None, record: Record | None = None) -> list[str]:
        """The texts, in the order in which they were run."""
        Giver("m", "row", self, self.said.append, at).together(
            STATEMENTS,
            record or Back("row"),
            needs=(),
            heard=lambda: lambda place, seconds, rows: self.heard.append(place),
            lifting=(),
        )
        return [each for each in self.diary if each in (FIRST, SECOND, GIVE)]


@pytest.mark.parametrize(
    ("at", "texts"), [(None, [FIRST, SECOND, GIVE]), (1, [FIRST, GIVE, SECOND])]
)
def test_it_is_behind_the_last_statement_or_before_the_one_that_needs_it(
    at: int | None, texts: list[str]
) -> None:
    target = Target()

    assert target.run(at=at) == texts
    assert target.heard == [0, 1]
    assert target.said == [
        "m: 5 rows given back of what was kept",
        "m: 2 rows of public.a not given back: its key is there again (`SELECT * FROM c`)",
    ]


def test_not_before_the_last_of_several_parts() -> None:
    target = Target()

    assert target.run(record=Step("row", Checkpoint("sum", done=("a",)))) == [FIRST, SECOND]
    assert target.said == []


@pytest.mark.parametrize(("refused", "place"), [(FIRST, 0), (GIVE, 2), (SECOND, 1)])
def test_an_error_of_what_gives_back_is_behind_the_statements(refused: str, place: int) -> None:
    error = PostgresError("no", hint="so", sqlstate="42501")
    target = Target(refuse={refused: [error]})

    with pytest.raises(PostgresError) as stopped:
        target.run(at=1)

    assert stopped.value.position == place


def test_once_it_is_committed_nothing_has_it_run_again() -> None:
    target = Target(lost=PostgresError("wait", hint="so", sqlstate="55P03"))
    target.run()

    assert target.said == ["m: what was given back could not be counted: wait"]
