"""The commit that has a text which a target applied."""

from bot.adapters.checkout import Checkout
from bot.core.migrations.migration import checksum_of
from tests.adapters.checkout.repository import FIRST, Repository

SCRIPT = f"{FIRST}/migration.sql"


def test_the_newest_commit_with_the_text_is_found_though_it_was_edited_since(
    repository: Repository,
) -> None:
    applied = "CREATE TABLE applied ();\n"
    repository.write(SCRIPT, applied)
    with_it = repository.commit()
    repository.write(SCRIPT, "CREATE TABLE edited ();\n")
    repository.commit()

    checkout = repository.checkout()
    assert checkout.commit_with(FIRST, checksum_of(applied)) == with_it
    assert checkout.commit_with(FIRST, checksum_of("SELECT 'never'")) is None
    assert checkout.commit_with("20990101000000_none", checksum_of(applied)) is None


def test_other_line_ends_are_the_same_text(repository: Repository) -> None:
    repository.write(SCRIPT, "CREATE TABLE a ();\r\n")
    with_it = repository.commit()
    repository.write(SCRIPT, "")
    repository.commit()

    found = repository.checkout().commit_with(FIRST, checksum_of("CREATE TABLE a ();\n"))
    assert found == with_it


def test_a_text_that_is_on_another_branch_alone_is_found_there(repository: Repository) -> None:
    repository.switch("main")
    repository.write(SCRIPT, "SELECT 'hotfix';\n")
    with_it = repository.commit()
    repository.switch("feature")

    found = repository.checkout().commit_with(FIRST, checksum_of("SELECT 'hotfix';\n"))
    assert found == with_it


def test_where_there_is_no_git_nothing_is_known(repository: Repository) -> None:
    outside = Checkout(None, str(repository.migrations), repository.environ)
    assert outside.commit_with(FIRST, "0" * 64) is None
