"""Moving into a repository, with a checkout and files in memory."""

from dataclasses import replace

import pytest

from bot.commands.init import run
from bot.core.initial import Ground
from bot.core.settings import CONFIG_PATH
from bot.errors import ExitCode, UsageError
from bot.world import World
from tests.fakes import FakeCheckout, FakeConsole, FakeFiles, history, world
from tests.flows.several import settings

PIN = f"acme/migration-bot@{'0123456789' * 4}"
CHECK = ".github/workflows/migration-check.yml"
LOCK = "prisma/migrations/migration_lock.toml"


class FakeDisk(FakeFiles):
    """Files that are written, by path."""

    def __init__(self) -> None:
        super().__init__()
        self.written: dict[str, str] = {}

    def read(self, path: str) -> str:
        return self.written[path]

    def write(self, path: str, text: str) -> None:
        self.written[path] = text


def place(
    *, there: dict[str, str] | None = None, ground: Ground | None = None
) -> tuple[World, FakeDisk]:
    checkout = FakeCheckout(history(), files=there or {}, grounds=ground)
    disk = FakeDisk()
    return replace(world(checkout, {}), files=disk), disk


def said(made: World) -> str:
    assert isinstance(made.console, FakeConsole)
    return made.console.shown[-1]


def test_everything_is_written_and_the_next_steps_are_said() -> None:
    made, disk = place()
    assert run(made, bot=PIN) is ExitCode.FINE
    assert f"/shop/{CHECK}" in disk.written
    assert f"uses: {PIN}" in disk.written[f"/shop/{CHECK}"]
    assert f"/shop/{LOCK}" not in disk.written
    told = said(made)
    for word in "STAGING_DATABASE_URL", "PRODUCTION_DATABASE_URL", "Environments", "`Migrations`":
        assert word in told


def test_a_second_time_nothing_is_written() -> None:
    made, disk = place()
    run(made, bot=PIN)
    there = {path.removeprefix("/shop/"): text for path, text in disk.written.items()}
    again, untouched = place(there=there)
    assert run(again, bot=PIN) is ExitCode.FINE
    assert untouched.written == {}


def test_a_file_that_differs_is_left_and_shown_unless_forced() -> None:
    made, disk = place(there={CHECK: "name: Mine\n"})
    assert run(made, bot=PIN) is ExitCode.FINDINGS
    assert f"/shop/{CHECK}" not in disk.written
    assert f"/shop/{CONFIG_PATH}" in disk.written
    assert "-name: Mine" in said(made)
    assert "+name: Check migrations" in said(made)
    assert run(made, bot=PIN, force=True) is ExitCode.FINE
    assert "Mine" not in disk.written[f"/shop/{CHECK}"]


def test_a_dry_run_writes_nothing() -> None:
    made, disk = place()
    assert run(made, bot=PIN, dry_run=True) is ExitCode.FINE
    assert disk.written == {}
    assert "would be written" in said(made)


def test_where_there_is_no_folder_yet_one_is_begun() -> None:
    made, disk = place(ground=Ground("/shop", "trunk", expected=("db/migrations",)))
    run(made, bot=PIN)
    assert 'provider = "postgresql"' in disk.written["/shop/db/migrations/migration_lock.toml"]
    assert "branches: [trunk]" in disk.written["/shop/.github/workflows/migration-deploy.yml"]
    assert "migrations: db/migrations" in disk.written[f"/shop/{CHECK}"]


def test_of_several_folders_one_has_to_be_named() -> None:
    made, _ = place(ground=Ground("/shop", "main", ("a/migrations", "b/migrations")))
    with pytest.raises(UsageError, match="2 migrations folders here: a/migrations, b/migrations"):
        run(made, bot=PIN)
    assert run(made, bot=PIN, folder="b/migrations") is ExitCode.FINE


def test_the_bot_that_runs_is_taken_if_it_knows_where_it_came_from() -> None:
    made, disk = place()
    assert run(replace(made, installed_from=lambda: PIN)) is ExitCode.FINE
    assert f"uses: {PIN}" in disk.written[f"/shop/{CHECK}"]
    with pytest.raises(UsageError, match="Nothing here says which copy"):
        run(made)


@pytest.mark.parametrize(
    "bot",
    ["acme/migration-bot", "acme/migration-bot@main", "acme/migration-bot@v1", f"x{PIN}@", ""],
)
def test_a_bot_is_one_commit_of_a_repository(bot: str) -> None:
    made, disk = place()
    with pytest.raises(UsageError):
        run(made, bot=bot)
    assert disk.written == {}


@pytest.mark.parametrize(
    "name", ["a b", "a]", "a: b", "../up", "/top", "a//b", "a'", "${{ x }}", "-x"]
)
def test_a_name_that_would_mean_something_in_a_workflow_is_refused(name: str) -> None:
    made, disk = place()
    with pytest.raises(UsageError, match="cannot be written"):
        run(made, bot=PIN, branch=name)
    with pytest.raises(UsageError, match="cannot be written"):
        run(made, bot=PIN, folder=name)
    assert disk.written == {}


def test_for_several_databases_the_workflows_name_them_all_and_the_configuration_stays() -> None:
    made, disk = place()
    databases = [settings("shop"), settings("billing")]
    assert run(made, bot=PIN, databases=databases) is ExitCode.FINE
    assert f"/shop/{CONFIG_PATH}" not in disk.written
    folder = "/shop/.github/workflows/migration-"
    for name in "deploy", "recheck":
        paths = "paths: [shop/migrations/**, billing/migrations/**]"
        assert paths in disk.written[f"{folder}{name}.yml"]
    assert "target: shop-staging, billing-staging" in disk.written[f"{folder}deploy.yml"]
    assert "target: shop-production, billing-production" in disk.written[f"{folder}deploy.yml"]
    assert "target: [shop-staging, billing-staging]" in disk.written[f"{folder}drift.yml"]
    told = said(made)
    for word in "BILLING_STAGING_URL", "`Migrations (shop)` and `Migrations (billing)`":
        assert word in told


def test_databases_without_a_target_to_roll_out_to_are_refused() -> None:
    made, disk = place()
    with pytest.raises(UsageError, match="No database of the configuration"):
        run(made, bot=PIN, databases=[replace(settings("shop"), targets={})])
    assert disk.written == {}
