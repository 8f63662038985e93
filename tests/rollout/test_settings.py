"""What a file sets, read from its statements."""

import pytest

from bot.rollout.settings import lifting
from bot.sql.parse import parse


@pytest.mark.parametrize(
    ("sql", "places"),
    [
        ("CREATE TABLE a (); SET search_path = x; ALTER TABLE a ADD b int", []),
        ("SET lock_timeout = 0; CREATE TABLE a ()", [0]),
        ('CREATE TABLE a (); SET "LOCK_TIMEOUT" TO DEFAULT', [1]),
        ("RESET statement_timeout; CREATE TABLE a ()", [0]),
        ("RESET ALL; CREATE TABLE a (); RESET ALL", [0, 2]),
        ("SET lock_timeout = 0; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 1", [1, 2]),
        ("SET lock_timeout = 0; SET a.b = 1; SET a.c = 2", [2]),
        ("DO $$BEGIN END$$; CALL f(); EXECUTE p; CREATE TABLE a ()", [0, 1, 2]),
        ("INSERT INTO a SELECT Set_Config('lock_timeout', '0', true); CREATE TABLE b ()", [0]),
        ("INSERT INTO a VALUES (1); UPDATE a SET b = 1", []),
        ("", []),
    ],
)
def test_the_limits_are_set_again_behind_what_may_have_lifted_them_and_no_query_too_early(
    sql: str, places: list[int]
) -> None:
    assert sorted(lifting(parse(sql).statements)) == places
