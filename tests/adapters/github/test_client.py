import logging

from bot.adapters.github.client import connect


def test_pygithub_writes_no_log_of_its_own() -> None:
    """It comes with a handler on standard error, which no redactor stands before."""
    logging.getLogger("github").addHandler(logging.StreamHandler())
    connect("token")
    assert [type(each) for each in logging.getLogger("github").handlers] == [logging.NullHandler]
