import pytest

from bot.config.databases import read_databases
from bot.core.findings.finding import Severity
from bot.core.settings import Settings
from bot.errors import UsageError

TWO = """
postgres: 16
rules: {index-drop-blocking: error}
databases:
  shop:
    migrations: shop/prisma/migrations
    targets:
      shop-staging: {kind: staging, url_env: SHOP_STAGING_URL}
  billing:
    migrations: billing/prisma/migrations
    postgres: 17
    targets:
      billing-staging: {kind: staging, url_env: BILLING_STAGING_URL}
"""


def read(text: str) -> tuple[Settings, ...]:
    return read_databases(text, path="bot.yml")


def refused(text: str) -> list[str]:
    with pytest.raises(UsageError) as caught:
        read(text)
    assert caught.value.hint
    return [line.strip("- ") for line in caught.value.message.splitlines()[1:]]


def test_a_file_without_databases_is_about_one_that_has_no_name() -> None:
    (only,) = read("postgres: 16")

    assert (only.database, only.postgres) == ("", 16)
    assert len(read("")) == 1


def test_each_database_has_its_own_folder_and_targets() -> None:
    shop, billing = read(TWO)

    assert (shop.database, shop.folder) == ("shop", "shop/prisma/migrations")
    assert (billing.database, billing.folder) == ("billing", "billing/prisma/migrations")
    assert list(shop.targets) == ["shop-staging"]
    assert list(billing.targets) == ["billing-staging"]


def test_what_a_database_leaves_out_it_takes_from_the_top() -> None:
    shop, billing = read(TWO)

    assert (shop.postgres, billing.postgres) == (16, 17)
    assert billing.severities == {"index-drop-blocking": Severity.ERROR}


def test_a_comment_for_each_is_chosen_for_all_of_them() -> None:
    assert [each.own_comment for each in read(TWO)] == [False, False]
    assert [each.own_comment for each in read(TWO + "comment_per_database: true\n")] == [True] * 2


def test_two_targets_of_one_name_are_refused_with_a_better_name() -> None:
    (said,) = refused(TWO.replace("billing-staging", "shop-staging"))

    assert said == (
        "databases.billing.targets: shop-staging is a target of shop too; name it apart, such as "
        "billing-shop-staging"
    )


def test_two_databases_of_one_folder_are_refused() -> None:
    (said,) = refused(TWO.replace("billing/prisma", "shop/prisma"))

    assert said == "databases.billing.migrations: shop/prisma/migrations is that of shop too"


@pytest.mark.parametrize("key", ["migrations: prisma/migrations", "baseline: 20240101000000_a"])
def test_what_belongs_to_each_is_refused_at_the_top(key: str) -> None:
    name = key.partition(":")[0]

    assert refused(f"{key}\n{TWO}") == [
        f"{name}: belongs to each of the databases, as databases.<name>.{name}"
    ]


def test_every_mistake_is_told_with_its_database() -> None:
    text = TWO.replace("shop/prisma/migrations\n", "shop/prisma/migrations\n    postgress: 15\n")

    assert refused(text) == ["unknown key databases.shop.postgress; did you mean postgres?"]
    missing = TWO.replace("SHOP_STAGING_URL}", "SHOP_STAGING_URL, after: nowhere}")
    assert refused(missing)[0].startswith("databases.shop: targets.shop-staging.after")


@pytest.mark.parametrize("name", ["Shop", "a b", "", "../x", "a" * 41])
def test_a_name_that_is_no_part_of_a_command_line_is_refused(name: str) -> None:
    assert refused(f'databases: {{"{name}": {{migrations: a}}}}')


def test_an_empty_list_of_databases_is_refused() -> None:
    assert "names none" in refused("databases: {}")[0]
