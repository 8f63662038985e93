"""Several databases in one repository, at the command line."""

import json

import pytest

from bot.errors import ExitCode
from tests.commands.place import CONFIGURATION, Place

TWO = """
databases:
  shop:
    migrations: shop/migrations
    targets: {shop-live: {kind: development, url_env: SHOP_URL}}
  billing:
    migrations: billing/migrations
    targets: {billing-live: {kind: development, url_env: BILLING_URL}}
"""
LOCK = 'provider = "postgresql"\n'


@pytest.fixture
def two(place: Place) -> Place:
    """Each has a first migration, merged; billing a second one, which is risky."""
    place.write(CONFIGURATION, TWO)
    for name in ("shop", "billing"):
        place.write(f"{name}/migrations/migration_lock.toml", LOCK)
        script = "CREATE TABLE a (id int PRIMARY KEY, b int);\n"
        place.write(f"{name}/migrations/20260101000000_init/migration.sql", script)
    place.git("add", "-A")
    place.git("commit", "-qm", "Two databases")
    place.git("branch", "-f", "main")
    risky = "CREATE INDEX a_b ON a (b);\n"
    place.write("billing/migrations/20260102000000_index/migration.sql", risky)
    return place


def test_a_check_goes_through_all_of_them_and_ends_with_the_gravest_verdict(two: Place) -> None:
    done = two.bot("check", "--base", "main")

    assert done.code == ExitCode.FINDINGS
    shop, billing = done.out.index("Database shop"), done.out.index("Database billing")
    assert shop < billing < done.out.index("index-create-blocking")


def test_one_of_them_may_be_chosen(two: Place) -> None:
    assert two.bot("--database", "shop", "check", "--base", "main").code == ExitCode.FINE
    assert two.bot("--database", "billing", "check", "--base", "main").code == ExitCode.FINDINGS
    said = two.bot("--migrations", "shop/migrations", "check", "--base", "main")
    assert said.code == ExitCode.FINE


def test_what_machines_read_is_about_one_and_the_error_says_how(two: Place) -> None:
    done = two.bot("check", "--format", "json", "--base", "main")

    assert done.code == ExitCode.USAGE
    assert "--database and one of shop, billing" in done.err
    chosen = two.bot("--database", "billing", "check", "--format", "json", "--base", "main")
    assert json.loads(chosen.out)["verdict"] == "block"


def test_a_targets_name_says_which_database_it_is(two: Place) -> None:
    missing = two.bot("plan", "billing-live")

    assert missing.code == ExitCode.USAGE
    assert "BILLING_URL is not set" in missing.err
    unknown = two.bot("plan", "nowhere")
    assert unknown.code == ExitCode.USAGE
    assert "shop-live, billing-live" in unknown.err


def test_status_shows_the_targets_of_all(two: Place) -> None:
    done = two.bot("status")

    assert done.code == ExitCode.FINE
    assert done.out.index("shop-live") < done.out.index("billing-live")


def test_a_database_that_is_not_there_is_refused_with_those_that_are(two: Place) -> None:
    done = two.bot("--database", "stock", "check")

    assert (done.code, "shop, billing" in done.err) == (ExitCode.USAGE, True)


def test_where_there_is_one_database_it_has_no_name_to_choose(place: Place) -> None:
    assert "without a name" in place.bot("--database", "shop", "check").err
