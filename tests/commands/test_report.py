"""`report --html`: what is written, what is said, and how it ends."""

from pathlib import Path

import pytest

from bot.commands.report import run
from bot.errors import ExitCode
from bot.flows.boarding.gather import Asked
from tests.asking import ask
from tests.commands.place import CONFIGURATION, INIT, Place, refused
from tests.fakes import FakeCheckout, FakeConsole, FakeFiles, history, migration, shown, world
from tests.shell import bot

ONE = migration("20260101000000_a", "CREATE TABLE a (id int PRIMARY KEY);")


def test_the_files_are_written_and_counted() -> None:
    given = world(FakeCheckout(history(ONE)))
    assert run([given], "site", Asked()) is ExitCode.FINE
    assert isinstance(given.files, FakeFiles)
    assert {"site/index.html", "site/assets/site.css", f"site/migrations/{ONE.name}.html"} <= set(
        given.files.texts
    )
    assert shown(given).endswith("MB: site/index.html")


def test_what_could_not_be_read_is_said_and_what_nobody_asked_for_is_not() -> None:
    given = world(FakeCheckout(history(ONE)))
    run([given], "site", Asked())
    assert isinstance(given.console, FakeConsole)
    said = "\n".join(given.console.said)
    assert "not on the pages: the state, the rollouts and the drift of production" in said
    assert "rehearsal" not in said


def test_a_folder_is_asked_for(place: Place) -> None:
    refused(place.bot("report"), ExitCode.USAGE)


def test_pages_are_written_without_any_target(place: Place, tmp_path: Path) -> None:
    done = bot("report", "--html", str(tmp_path / "site"), cwd=place.root)
    assert done.code == ExitCode.FINE, done.said
    page = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert "PRODUCTION_DATABASE_URL is not set" in page
    assert (tmp_path / "site" / "migrations" / f"{INIT}.html").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("server", ["embedded-18"], indirect=True, scope="session")
def test_a_real_target_its_rollout_and_its_schema_are_on_the_pages(
    place: Place, database: str, tmp_path: Path
) -> None:
    target = "{kind: staging, url_env: DATABASE_URL, audit: {rows: true}}"
    place.write(CONFIGURATION, f"targets:\n  production: {target}\n")
    environ = {"DATABASE_URL": database}
    assert place.bot("apply", "production", environ=environ).code == ExitCode.FINE
    ask(database, "CREATE INDEX by_hand ON a (id)")

    site = tmp_path / "site"
    wanted = ("report", "--html", str(site), "--rehearse", "--drift")
    done = bot(*wanted, cwd=place.root, environ=environ)

    assert done.code == ExitCode.FINE, done.said
    first = (site / "index.html").read_text("utf-8")
    assert "1 difference that no migration made" in first
    assert INIT in (site / "rollouts.html").read_text("utf-8")
    assert "in the rehearsal" in (site / "rollouts.html").read_text("utf-8")
    assert "DROP" in (site / "drift.html").read_text("utf-8")
    assert "primary" in (site / "schema.html").read_text("utf-8")
    migration_page = (site / "migrations" / f"{INIT}.html").read_text("utf-8")
    assert "<svg" in migration_page
    assert "was not rehearsed" not in migration_page
    assert database not in "".join(each.read_text("utf-8") for each in site.rglob("*.html"))
