"""stats, and check with the sizes it wrote, on a real server and at a command line."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from jsonschema import Draft202012Validator

from bot.commands import stats
from bot.commands.check import weighing
from bot.core.findings.review import Review
from bot.core.rehearsals.sizes import RelationSize, Sizes, Thresholds
from bot.core.rehearsals.sizes_file import dump
from bot.core.settings import Settings
from bot.errors import ExitCode, UsageError
from bot.flows.reviewing.review import review_change
from tests.commands.place import CONFIGURATION, MORE, SCRIPT, Place, refused, repository
from tests.fakes import (
    NOON,
    FakeCheckout,
    FakeConsole,
    FakeDatabase,
    FakeFiles,
    history,
    migration,
    world,
)
from tests.shell import ROOT, bot

INIT = migration("20260101000000_init", "CREATE TABLE a (id int PRIMARY KEY);")
RISKY = migration("20260201000000_risky", "CREATE INDEX a_id ON a (id);")
CHECKOUT = FakeCheckout(history(INIT, RISKY), history(INIT))
INDEX = "CREATE INDEX a_id ON a (id);\n"
FILE = ".github/sizes.json"


def sizes(size: int, *, postgres: int = 16) -> Sizes:
    return Sizes("staging", NOON, postgres, (RelationSize("public.a", bytes=size),))


def usual(review: Review) -> str | None:
    """What the finding about the index would be without sizes, if that is something else."""
    rule = "index-create-blocking"
    return next(each.usual for each in review.all_findings if each.rule == rule)


def test_stats_prints_json_or_a_table_or_writes_a_file() -> None:
    known = sizes(8192)
    files = FakeFiles()
    made = world(CHECKOUT, {"staging": FakeDatabase(given_sizes=known)}, files=files)
    console = made.console
    assert isinstance(console, FakeConsole)

    assert stats.run(made, "staging") is ExitCode.FINE
    assert stats.run(made, "staging", form="text") is ExitCode.FINE
    assert stats.run(made, "staging", output="sizes.json") is ExitCode.FINE

    assert console.shown[0] == dump(known)
    assert "8.2 kB" in console.shown[1]
    assert len(console.shown) == 2
    assert files.texts == {"sizes.json": dump(known)}


def test_columns_are_read_only_where_they_are_asked_for() -> None:
    database = FakeDatabase(given_sizes=sizes(8192))
    made = world(CHECKOUT, {"staging": database})

    stats.run(made, "staging")
    stats.run(made, "staging", columns=True)

    assert database.diary == ["sizes", "sizes and columns"]


def test_a_check_with_a_target_asks_it_once_and_judges_for_its_version() -> None:
    database = FakeDatabase(given_sizes=sizes(8192, postgres=15))
    made = weighing(world(CHECKOUT, {"staging": database}), target="staging", stats=None)

    for _ in range(2):
        review = review_change(CHECKOUT.change(None, NOON), made)
        assert usual(review) == "error"
        assert review.postgres == "15"
    assert database.diary == ["sizes"]


@pytest.mark.parametrize(("major", "judged"), [(12, 13), (19, 18)])
def test_a_version_that_is_not_known_is_judged_as_the_nearest(major: int, judged: int) -> None:
    database = FakeDatabase(given_sizes=sizes(0, postgres=major))

    made = weighing(world(CHECKOUT, {"staging": database}), target="staging", stats=None)

    assert made.settings.postgres == judged


def test_a_check_with_a_file_reads_it_and_no_database() -> None:
    files = FakeFiles({"sizes.json": dump(sizes(8192))})

    made = weighing(world(CHECKOUT, files=files), target=None, stats="sizes.json")

    assert made.sizes() == sizes(8192)
    assert made.settings.postgres == Settings().postgres


def test_a_file_and_a_target_exclude_each_other() -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        weighing(world(CHECKOUT), target="staging", stats="sizes.json")


def test_the_configured_thresholds_are_used() -> None:
    settings = Settings(thresholds=Thresholds(small=10, large=20))
    made = world(CHECKOUT, files=FakeFiles({"sizes.json": dump(sizes(8192))}), settings=settings)

    review = review_change(
        CHECKOUT.change(None, NOON), weighing(made, target=None, stats="sizes.json")
    )

    assert usual(review) is None


def fill(url: str, rows: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE a (id int PRIMARY KEY)")
        connection.execute(f"INSERT INTO a SELECT generate_series(1, {rows})".encode())
        connection.execute("ANALYZE a")


@pytest.mark.slow
def test_from_a_server_to_the_comment(place: Place, database: str) -> None:
    fill(database, 40)
    urls = {"DATABASE_URL": database}
    place.write(SCRIPT, INDEX)
    assert place.bot("check").code == ExitCode.FINDINGS

    live = place.bot("check", "--target", "development", environ=urls)
    assert live.code == ExitCode.FINE, live.said
    assert "notice index-create-blocking" in live.out
    assert "size: a has 40 rows" in live.out

    written = place.bot("stats", "development", environ=urls)
    assert written.code == ExitCode.FINE, written.said
    schema = json.loads((ROOT / "docs/reference/stats.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(written.out))
    for secret in ("localhost", "postgres@", "socket", "5432"):
        assert secret not in written.out

    place.write("elsewhere.json", written.out)
    filed = place.bot("check", "--stats", "elsewhere.json", "--format", "json")
    assert filed.code == ExitCode.FINE, filed.said
    report = json.loads(filed.out)
    found = {each["rule"]: each for each in report["migrations"][0]["findings"]}
    finding = found["index-create-blocking"]
    assert (finding["severity"], finding["usual_severity"]) == ("notice", "error")
    assert report["sizes"]["target"] == "development"


def test_a_file_can_be_written_in_place_of_the_screen(tmp_path: Path, database: str) -> None:
    place = repository(tmp_path / "repository")
    fill(database, 40)

    done = bot(
        *("stats", "development", "--output", FILE),
        cwd=place.root,
        environ={"DATABASE_URL": database},
    )

    assert (done.code, done.out) == (ExitCode.FINE, "")
    assert FILE in done.err
    assert '"target": "development"' in (place.root / FILE).read_text("utf-8")


def test_a_configured_file_is_used_without_being_asked_for(place: Place) -> None:
    place.write(CONFIGURATION, f"stats: {{file: {FILE}}}\n")
    place.write(SCRIPT, INDEX)

    missing = place.bot("check")
    assert missing.code == ExitCode.FINDINGS
    assert f"{FILE} is not there" in missing.err

    place.write(FILE, dump(_today(sizes(8192))))
    found = place.bot("check")
    assert found.code == ExitCode.FINE
    assert "notice index-create-blocking" in found.out

    place.write(FILE, dump(Sizes("staging", NOON.replace(year=2024), 16, sizes(1).relations)))
    stale = place.bot("check")
    assert stale.code == ExitCode.FINDINGS
    assert "more than a month ago" in " ".join(stale.out.split())

    place.write(FILE, "{}")
    refused(place.bot("check"), ExitCode.USAGE, f"{FILE} is not a file of sizes")


def _today(known: Sizes) -> Sizes:
    return replace(known, taken_at=datetime.now(UTC))


def test_on_a_pull_request_the_author_has_no_say_in_the_sizes(place: Place) -> None:
    """Otherwise a branch could bring a file that calls every table empty."""
    place.git("switch", "--quiet", "main")
    place.write(CONFIGURATION, f"stats: {{file: {FILE}}}\n")
    place.write(FILE, dump(_today(sizes(900_000_000))))
    place.git("add", "--all")
    place.git("commit", "--quiet", "--message=sizes")
    place.git("switch", "--quiet", "more")
    place.git("merge", "--quiet", "main")
    place.write(FILE, dump(_today(sizes(0))))
    place.write(SCRIPT, INDEX)
    event = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main"}

    done = place.bot("check", environ=event)

    assert done.code == ExitCode.FINDINGS, done.said
    assert "900 MB" in done.out
    assert MORE in done.out


def test_what_cannot_be_asked_is_said(place: Place) -> None:
    place.write(SCRIPT, INDEX)

    unset = place.bot("stats", "production")
    refused(unset, ExitCode.USAGE, "PRODUCTION_DATABASE_URL is not set")
    nobody = {"DATABASE_URL": "postgresql://x:secret@127.0.0.1:1/x?connect_timeout=1"}
    lost = place.bot("check", "--target", "development", environ=nobody)
    refused(lost, ExitCode.POSTGRES, "could not connect")
    assert "secret" not in lost.said
    refused(place.bot("check", "--stats", "none.json"), ExitCode.USAGE, "none.json cannot be read")
    refused(place.bot("stats", "nowhere"), ExitCode.USAGE, "no target 'nowhere'")
