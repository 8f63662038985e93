"""The functions that are passed without a word, against what PostgreSQL says of them."""

import pytest

from bot.judge.caveats.quiet import READING, RESTLESS, is_quiet
from tests.asking import ask


def test_what_writes_is_not_quiet() -> None:
    loud = ["setval", "nextval", "lo_unlink", "lo_import", "query_to_xml", "dblink", "dblink_exec"]
    loud += ["pg_terminate_backend", "pg_reload_conf", "pg_drop_replication_slot", "purge"]

    assert not [each for each in loud if is_quiet(each)]
    assert is_quiet("has_table_privilege")
    assert is_quiet("st_distance")


def test_no_name_is_in_two_lists() -> None:
    assert not READING & RESTLESS


@pytest.mark.slow
def test_postgresql_itself_says_that_none_of_them_is_volatile(database: str) -> None:
    """What a stable function may not do PostgreSQL decides; those named otherwise are known."""
    query = """SELECT DISTINCT proname::text FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace AND provolatile = 'v'"""
    volatile = {name for (name,) in ask(database, query)}

    assert not [each for each in volatile - RESTLESS if is_quiet(each)]
    assert len(volatile & RESTLESS) > 25
