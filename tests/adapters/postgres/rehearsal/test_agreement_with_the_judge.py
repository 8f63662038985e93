"""What the judge predicts of some 850 statements, against what the Tracer measures of them.

They are those that predictions are tested with anyway, by a way of measuring of its own.
"""

import pytest

from bot.rehearsing.agreement import disagreements
from tests.adapters.postgres.rehearsal.traced import Bench, bench
from tests.judge.test_effects_against_server import FOLDER, SUBJECTS, Case, statements

SCHEMA = (FOLDER / "schema.sql").read_text()
ROWS = (FOLDER / "rows.sql").read_text()


def disagreeing(place: Bench, case: Case) -> list[str]:
    found = disagreements(place.predicted(case.sql), place.taken_back(case.sql))
    return [f"{case.sql}: {each}" for each in found]


@pytest.mark.slow
@pytest.mark.parametrize("subject", SUBJECTS)
def test_prediction_and_measurement_agree(database: str, subject: str) -> None:
    with bench(database, SCHEMA + ROWS) as place:
        there = [each for each in statements(subject) if place.major >= each.since]
        found = [line for each in there for line in disagreeing(place, each)]
    assert "\n".join(found) == ""
