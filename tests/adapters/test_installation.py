"""Where this bot says it came from."""

from pathlib import Path

import pytest

from bot.adapters import installation
from tests.harness.stand_ins import git

COMMIT = "0123456789" * 4
AUTHOR = ("-c", "user.name=Octocat", "-c", "user.email=octocat@example.com")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://github.com/acme/migration-bot.git", "acme/migration-bot"),
        ("https://github.com/acme/migration-bot", "acme/migration-bot"),
        ("git@github.com:acme/migration-bot.git", "acme/migration-bot"),
        ("ssh://git@ghe.example.com/acme/bot.git/", "acme/bot"),
        ("/srv/git/migration-bot.git", None),
        ("file:///srv/git/migration-bot", None),
        ("../migration-bot", None),
    ],
)
def test_a_repository_is_read_out_of_its_address(address: str, name: str | None) -> None:
    found = installation._pin(address, COMMIT)
    assert found == (name and f"{name}@{COMMIT}")


def test_a_checkout_is_its_commit_unless_the_bot_in_it_was_changed(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    code = tmp_path / "bot" / "code.py"
    code.write_text("first\n", "utf-8")
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "remote", "add", "origin", "https://github.com/acme/migration-bot")
    git(tmp_path, "add", "bot")
    git(tmp_path, *AUTHOR, "commit", "--quiet", "--message", "first")
    commit = git(tmp_path, "rev-parse", "HEAD")
    assert installation._from_checkout(tmp_path) == f"acme/migration-bot@{commit}"
    assert installation._from_checkout(tmp_path / "bot") is None
    code.write_text("second\n", "utf-8")
    assert installation._from_checkout(tmp_path) is None
