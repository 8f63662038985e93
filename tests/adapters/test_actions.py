from datetime import UTC, datetime
from io import StringIO

from bot.adapters.actions import Runner

ENVIRON = {"GITHUB_REPOSITORY": "acme/shop", "GITHUB_SERVER_URL": "https://github.example"}
ACTION = {
    "MIGRATION_BOT_ACTION_REPOSITORY": "acme/migration-bot",
    "MIGRATION_BOT_ACTION_REF": "v1#x",
}


def docs_url(environ: dict[str, str]) -> str:
    runner = Runner(environ, StringIO(), datetime(2026, 11, 22, tzinfo=UTC), str)
    return runner.run("1a2b3c4").docs_url


def test_the_documentation_is_that_of_the_action_that_runs() -> None:
    expected = "https://github.example/acme/migration-bot/blob/v1%23x/docs"
    assert docs_url(ENVIRON | ACTION) == expected


def test_an_action_of_the_checkout_itself_says_nothing_about_where_it_is_from() -> None:
    empty = dict.fromkeys(ACTION, "")
    assert docs_url(ENVIRON | empty) == ""
    assert docs_url(ENVIRON) == ""
