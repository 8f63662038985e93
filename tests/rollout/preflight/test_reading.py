"""Texts that a server would read otherwise than they were cut."""

from dataclasses import replace

import pytest

from bot.core.settings import default_targets
from bot.core.targets.server import ServerFacts
from bot.errors import PostgresError
from bot.rollout.preflight.reading import require_same_reading
from tests.judging import judged

STAGING = default_targets()["staging"]
ON = ServerFacts("18.1", 18, "shop", False, False)
SWITCHED = "SET standard_conforming_strings = off"
OFF = replace(ON, standard_strings=False)


@pytest.mark.parametrize(
    ("facts", "sql"),
    [
        (ON, r"SELECT '\'"),
        (OFF, r"SELECT E'\\', $$\$$, 'no'"),
        (OFF, "SELECT '/'"),
        (OFF, r"SET standard_conforming_strings = on; SELECT '\'"),
        (OFF, r"SET standard_conforming_strings TO 'TRUE'; SELECT '\'"),
        (
            ON,
            f"{SWITCHED}; SET standard_conforming_strings = 1; SELECT '\\'",
        ),
        (
            ON,
            r"SET standard_conforming_strings = off; RESET standard_conforming_strings; SELECT '\'",
        ),
        (ON, r"SET standard_conforming_strings = off; RESET ALL; SELECT '\'"),
        (ON, r"SELECT '\'; SET standard_conforming_strings = off"),
        (ON, "SET search_path = a"),
    ],
)
def test_what_both_read_alike_is_let_through(facts: ServerFacts, sql: str) -> None:
    require_same_reading(facts, [judged(sql)], STAGING)


@pytest.mark.parametrize(
    ("facts", "sql"),
    [
        (OFF, r"SELECT '\'"),
        (OFF, "SELECT 1;\n" r"INSERT INTO a VALUES ('\n')"),
        (OFF, r"SET standard_conforming_strings = on; RESET ALL; SELECT '\'"),
        (
            OFF,
            r"SET standard_conforming_strings = on; RESET standard_conforming_strings; SELECT '\'",
        ),
        (ON, r"SET standard_conforming_strings = off; SELECT '\'"),
        (ON, r"SELECT set_config('Standard_Conforming_Strings', 'off', false); SELECT '\'"),
        (ON, r"DO $$BEGIN SET standard_conforming_strings = 0; END$$; SELECT '\'"),
    ],
)
def test_a_backslash_that_would_be_an_escape_is_refused_with_its_line(
    facts: ServerFacts, sql: str
) -> None:
    quiet = judged("SELECT 1")
    with pytest.raises(PostgresError, match=r"line \d: a string holds a backslash") as error:
        require_same_reading(facts, [quiet, judged(sql)], STAGING)

    assert "Nothing was changed" in error.value.message
    assert "E'…'" in error.value.hint
