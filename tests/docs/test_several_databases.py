"""What the page on several databases says is so: its commands, run where its configuration is."""

import json
import shlex

import pytest

from bot.config.databases import read_databases
from bot.errors import ExitCode
from tests.commands.place import CONFIGURATION, Place, repository
from tests.docs.documents import ROOT, blocks, commands
from tests.shell import Done

PAGE = ROOT / "docs/how-to/several-databases.md"
SHOWN, APART = (each.text for each in blocks(PAGE, "yaml") if each.text.startswith("databases:"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    made = repository(tmp_path_factory.mktemp("several") / "repository")
    made.write(CONFIGURATION, SHOWN)
    for settings in read_databases(SHOWN, path=CONFIGURATION):
        made.write(f"{settings.folder}/migration_lock.toml", 'provider = "postgresql"\n')
        script = "CREATE TABLE a (id bigint PRIMARY KEY);\n"
        made.write(f"{settings.folder}/20260101000000_init/migration.sql", script)
    made.git("add", "--all")
    made.git("commit", "--quiet", "--message=two")
    made.git("branch", "--force", "main")
    return made


def run(place: Place, command: str) -> Done:
    return place.bot(*shlex.split(command)[1:])


@pytest.mark.slow
def test_every_command_of_the_page_does_what_it_says(place: Place) -> None:
    check, one, plan, status, machine, init = commands(PAGE)
    done = run(place, check)
    assert done.code == ExitCode.FINE, done.said
    assert done.out.index("Database shop") < done.out.index("Database billing")
    assert "Database" not in run(place, one).out
    assert "SHOP_STAGING_URL is not set" in run(place, plan).err
    assert "billing-production" in run(place, status).out
    assert json.loads(run(place, machine).out)["verdict"] == "pass"
    told = run(place, f"{init} --bot acme/migration-bot@{'0' * 40} --dry-run")
    assert "BILLING_PRODUCTION_URL" in told.out


def test_the_configurations_share_a_comment_or_do_not() -> None:
    assert [each.shares_comment for each in read_databases(SHOWN, path="x")] == [True, True]
    assert [each.shares_comment for each in read_databases(APART, path="x")] == [False, False]


def test_the_workflow_names_the_targets_and_the_variables_of_the_configuration() -> None:
    (workflow,) = (each.text for each in blocks(PAGE, "yaml") if "\njobs:" in each.text)
    found = read_databases(SHOWN, path="x")
    for settings in found:
        assert f"{settings.folder}/**" in workflow
        for target in settings.targets.values():
            assert target.name in workflow
            assert f"{target.url_env}: ${{{{ secrets.{target.url_env} }}}}" in workflow
