"""What lies nearby: names out of the configuration, the migrations folder and the backups."""

from pathlib import Path
from typing import Any

import pytest

from bot.adapters.nearby import Nearby
from bot.core.backups.backup import MANIFEST
from tests.shell import write

CONFIGURATION = ".github/migration-bot.yml"
TWO = """\
databases:
  shop:
    migrations: shop/migrations
    targets:
      shop-staging: {kind: staging, url_env: A}
      shop-live: {kind: production, url_env: B, backup: {directory: kept}}
  billing:
    migrations: billing/migrations
    targets:
      billing-live: {kind: production, url_env: C, backup: {store: 's3://bucket/kept'}}
"""


def nearby(start: Path, **more: Any) -> Nearby:
    return Nearby(
        start,
        usual_configuration=CONFIGURATION,
        usual_folder="prisma/migrations",
        usual_targets=("development", "staging"),
        usual_backups=".migration-bot/backups",
        **more,
    )


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write(
        tmp_path,
        {
            ".git/HEAD": "",
            "prisma/migrations/20260101000000_init/migration.sql": "",
            "prisma/migrations/20260102000000_more/migration.sql": "",
            "prisma/migrations/migration_lock.toml": "",
            "prisma/migrations/empty/README": "",
            "shop/migrations/20260103000000_shop/migration.sql": "",
            "billing/migrations/20260104000000_billing/migration.sql": "",
            f".migration-bot/backups/20260101T000000-staging-a1/{MANIFEST}": "{}",
            f".migration-bot/backups/20260102T000000-staging-b2/{MANIFEST}": "{}",
            f".migration-bot/backups/20260102T000000-development-c3/{MANIFEST}": "{}",
            ".migration-bot/backups/20260103T000000-staging-d4/unfinished": "",
            f"kept/20260101T000000-shop-live-e5/{MANIFEST}": "{}",
        },
    )
    return tmp_path


def test_without_a_configuration_everything_is_where_it_usually_is(place: Path) -> None:
    found = nearby(place)

    assert found.targets() == ["development", "staging"]
    assert found.databases() == []
    assert found.migrations(None) == ["20260102000000_more", "20260101000000_init"]
    assert found.backups("staging") == ["20260102T000000-staging-b2", "20260101T000000-staging-a1"]


def test_it_is_the_same_from_a_folder_below(place: Path) -> None:
    (place / "src").mkdir()

    assert nearby(place / "src").migrations(None) == nearby(place).migrations(None)


def test_targets_are_those_of_the_configuration(place: Path) -> None:
    write(place, {CONFIGURATION: "targets: {live: {kind: production, url_env: X}}\n"})

    assert nearby(place).targets() == ["live"]
    assert nearby(place, configuration="none.yml").targets() == ["development", "staging"]


def test_of_several_databases_each_has_its_own(place: Path) -> None:
    write(place, {CONFIGURATION: TWO})
    found = nearby(place)

    assert found.databases() == ["shop", "billing"]
    assert found.targets() == ["shop-staging", "shop-live", "billing-live"]
    assert found.migrations("shop-live") == ["20260103000000_shop"]
    assert found.migrations(None) == ["20260104000000_billing", "20260103000000_shop"]
    assert found.backups("shop-live") == ["20260101T000000-shop-live-e5"]
    assert nearby(place, database="billing").targets() == ["billing-live"]


def test_backups_in_a_bucket_are_not_asked_for(place: Path) -> None:
    write(place, {CONFIGURATION: TWO})

    assert nearby(place).backups("billing-live") == []


def test_a_folder_that_is_named_counts_from_where_one_is(place: Path) -> None:
    found = nearby(place / "shop", folder="migrations")

    assert found.migrations(None) == ["20260103000000_shop"]


@pytest.mark.parametrize(
    "text",
    ["{", "- a\n- b\n", "targets: 7\n", "databases: {a: 1}\n", "\x00", "x" * 1_000_001, "targets:"],
    ids=["broken", "a list", "a number", "no database", "binary", "huge", "nothing"],
)
def test_a_configuration_that_is_wrong_disturbs_nobody(place: Path, text: str) -> None:
    write(place, {CONFIGURATION: text})
    found = nearby(place)

    assert set(found.targets()) <= {"development", "staging"}
    assert isinstance(found.migrations("staging"), list)
    assert isinstance(found.backups("staging"), list)


def test_an_empty_directory_has_the_usual_targets_and_nothing_else(tmp_path: Path) -> None:
    found = nearby(tmp_path)

    assert found.targets() == ["development", "staging"]
    assert (found.migrations(None), found.backups(None)) == ([], [])
