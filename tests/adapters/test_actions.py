from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from bot.adapters.actions import Runner
from bot.errors import UsageError

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


def test_a_file_for_a_later_step_is_written_without_secrets(tmp_path: Path) -> None:
    runner = Runner({}, StringIO(), datetime.now(UTC), lambda text: text.replace("hunter2", "***"))
    runner.file(str(tmp_path / "found.sarif"), '{"a": "hunter2 ä"}')
    assert (tmp_path / "found.sarif").read_bytes() == '{"a": "*** ä"}\n'.encode()


@pytest.mark.parametrize(
    ("path", "said"),
    [("found.sarif", "no absolute path"), ("/nowhere/at/all/found.sarif", "could not be written")],
)
def test_a_file_that_cannot_be_written_safely_is_refused(path: str, said: str) -> None:
    runner = Runner({}, StringIO(), datetime.now(UTC), str)
    with pytest.raises(UsageError, match=said):
        runner.file(path, "{}")
