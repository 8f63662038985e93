"""rehearse: what is asked for, in which form it is told, and that a server is left as it was."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import click
import psycopg
import pytest
from jsonschema import Draft202012Validator

from bot.adapters.postgres.server import Server, start_server
from bot.commands import check, rehearse
from bot.commands.session import Options, Session
from bot.core.rehearsals.rehearsal import DataKind, Rehearsal
from bot.core.rehearsals.rehearsal_order import Order
from bot.core.settings import RehearsalSettings, Settings
from bot.errors import BotError, ExitCode, PostgresError, UsageError
from bot.world import World
from tests.asking import PATIENCE, wait_until
from tests.commands.place import CONFIGURATION, INIT, MORE, SCRIPT, Place, refused
from tests.conftest import RunningServer
from tests.fakes import FakeCheckout, FakeClock, FakeConsole, FakeFiles, history, migration, world
from tests.shell import Done, command, environment

CANARY = "c4nary-Pa55word"
SCHEMA = Path(__file__).parents[2] / "docs/reference/check.schema.json"
FINE = "ALTER TABLE a ADD COLUMN n int;\nCREATE TABLE b (id int PRIMARY KEY);\n"

OLD = migration(INIT, "CREATE TABLE a (id int PRIMARY KEY);")
NEW = migration(MORE, "ALTER TABLE a ADD COLUMN n int;")
CHECKOUT = FakeCheckout(history(OLD, NEW), history(OLD))


@dataclass
class FakeRehearsals:
    """Remembers what it was asked, and where."""

    answer: Rehearsal | BotError = field(default_factory=Rehearsal)
    orders: list[Order] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    meanwhile: Callable[[Callable[[str], None]], None] = lambda _: None

    def run(self, order: Order, note: Callable[[str], None]) -> Rehearsal:
        self.orders.append(order)
        self.meanwhile(note)
        if isinstance(self.answer, BotError):
            raise self.answer
        return self.answer

    def at(self, url: str) -> "FakeRehearsals":
        self.urls.append(url)
        return self


def made(rehearsals: FakeRehearsals, settings: Settings | None = None) -> World:
    return replace(world(CHECKOUT, settings=settings), rehearsals=rehearsals)


def call(verb: click.Command, given: World, *arguments: str) -> object:
    return verb.main(
        list(arguments), obj=Session(Options(), lambda _: [given]), standalone_mode=False
    )


def said(given: World) -> list[str]:
    assert isinstance(given.console, FakeConsole)
    return given.console.said


def test_what_the_branch_adds_is_rehearsed_on_what_it_stands_on() -> None:
    rehearsals = FakeRehearsals()
    assert call(rehearse.command, made(rehearsals)) is ExitCode.FINE
    (order,) = rehearsals.orders
    assert [each.name for each in order.base] == [INIT]
    assert [each.name for each in order.new] == [MORE]
    assert order.data.kind is DataKind.NONE


def test_all_is_rehearsed_from_an_empty_database() -> None:
    rehearsals = FakeRehearsals()
    call(rehearse.command, made(rehearsals), "--all")
    (order,) = rehearsals.orders
    assert order.base == ()
    assert [each.name for each in order.new] == [INIT, MORE]


def test_the_options_say_on_which_rows_and_where() -> None:
    rehearsals = FakeRehearsals()
    given = replace(
        made(rehearsals), seed=lambda: "INSERT INTO a VALUES (1); SELECT 2;", sizes=lambda: None
    )
    call(rehearse.command, given, "--data", "seed", "--postgres", "postgresql://h/d")
    call(rehearse.command, given, "--data", "synthetic", "--budget", "1.5GB")
    first, second = rehearsals.orders
    assert first.data.seed == ("INSERT INTO a VALUES (1)", "SELECT 2")
    assert rehearsals.urls == ["postgresql://h/d"]
    assert (second.data.kind, second.data.budget) == (DataKind.SYNTHETIC, 1_500_000_000)
    assert second.data.seed == ()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--budget", "many"], "many is no size"),
        (["--budget", "-1MB"], "-1MB is no size"),
        (["--base", "main", "--all"], "exclude each other"),
        (["--target", "staging", "--stats", "sizes.json"], "exclude each other"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_runs(
    arguments: list[str], words: str
) -> None:
    rehearsals = FakeRehearsals()
    with pytest.raises(UsageError, match=words) as caught:
        call(rehearse.command, made(rehearsals), *arguments)
    assert caught.value.hint
    assert rehearsals.orders == []


@pytest.mark.parametrize("kind", [PostgresError, UsageError])
def test_without_a_server_the_verb_fails_as_that_does_and_a_check_tells_it(
    kind: type[BotError],
) -> None:
    rehearsals = FakeRehearsals(kind("There is no server.", hint="Install one."))
    with pytest.raises(kind, match="There is no server"):
        call(rehearse.command, made(rehearsals))

    checked = made(rehearsals)
    assert call(check.command, checked) is ExitCode.FINE
    assert isinstance(checked.console, FakeConsole)
    assert "There is no server" in checked.console.output
    assert "Install one." in checked.console.output


def test_a_check_rehearses_unless_it_is_told_not_to() -> None:
    off = Settings(rehearsal=RehearsalSettings(enabled=False))

    def asked(verb: click.Command, settings: Settings | None, *arguments: str) -> int:
        rehearsals = FakeRehearsals()
        call(verb, made(rehearsals, settings), *arguments)
        return len(rehearsals.orders)

    assert asked(check.command, None) == 1
    assert asked(check.command, None, "--no-rehearsal") == 0
    assert asked(check.command, None, "--all") == 0
    assert asked(check.command, off) == 0
    assert asked(rehearse.command, off) == 1


def test_only_what_takes_long_is_told_how_far_it_is() -> None:
    clock = FakeClock()

    def meanwhile(note: Callable[[str], None]) -> None:
        note("early")
        clock.time += timedelta(seconds=3)
        note("late")

    given = replace(made(FakeRehearsals(meanwhile=meanwhile)), now=clock.now)
    call(rehearse.command, given)
    assert said(given) == ["late"]


def test_a_branch_that_adds_nothing_asks_for_no_server() -> None:
    rehearsals = FakeRehearsals(PostgresError("There is no server.", hint="Install one."))
    files = FakeFiles()
    idle = replace(
        world(FakeCheckout(history(OLD), history(OLD)), files=files), rehearsals=rehearsals
    )
    assert call(rehearse.command, idle, "--timeline", "locks.svg") is ExitCode.FINE
    assert rehearsals.orders == []


# And as a process, on servers that are real.


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """A server on a port, which wants a password."""
    with start_server(tcp=True, password=CANARY) as server:
        yield server


def bot(place: Place, cache: str, *arguments: str, **environ: str) -> Done:
    kept = {"MIGRATION_BOT_CACHE": cache, **environ}
    done = place.bot(*arguments, environ=kept, rehearses=True)
    assert CANARY not in done.said
    return done


def test_it_is_told_in_text_and_drawn(place: Place, cache: str, tmp_path: Path) -> None:
    place.write(SCRIPT, FINE)
    file = tmp_path / "locks.svg"

    done = bot(place, cache, "rehearse", "--base", "main", "--timeline", str(file))

    assert done.code == ExitCode.FINE, done.said
    assert "Rehearsed on PostgreSQL" in done.out
    assert "AccessExclusiveLock on a" in done.out
    assert file.read_text().startswith("<svg")


def test_json_keeps_the_contract_and_a_refusal_on_seeded_rows_blocks(
    place: Place, cache: str
) -> None:
    place.write("prisma/seed.sql", "INSERT INTO a VALUES (1), (2);\n")
    place.write(SCRIPT, "ALTER TABLE a ADD CONSTRAINT c CHECK (id > 1);\n")

    done = bot(place, cache, "rehearse", "--data", "seed", "--format", "json")

    assert done.code == ExitCode.FINDINGS, done.said
    report = json.loads(done.out)
    assert list(Draft202012Validator(json.loads(SCHEMA.read_text())).iter_errors(report)) == []
    assert report["rehearsal"]["data"]["rows"] == 2
    assert "rehearsal-failed" in done.out


def state(server: RunningServer) -> Mapping[str, object]:
    """What a rehearsal may not change on somebody's server."""
    queries = {
        "databases": "SELECT datname, datdba, datacl::text FROM pg_database ORDER BY 1",
        "roles": "SELECT rolname, rolsuper, rolconfig FROM pg_roles ORDER BY 1",
        "settings": "SELECT setdatabase, setrole, setconfig FROM pg_db_role_setting ORDER BY 1, 2",
        "changed": "SELECT name, setting FROM pg_settings WHERE source <> 'session' ORDER BY 1",
        "members": "SELECT roleid, member FROM pg_auth_members ORDER BY 1, 2",
        "sessions": "SELECT pid FROM pg_stat_activity WHERE application_name ~ 'rehearsal'",
        "tables": "SELECT oid FROM pg_class WHERE oid >= 16384 ORDER BY 1",
    }
    with psycopg.connect(server.url(), autocommit=True) as connection:
        return {name: connection.execute(sql.encode()).fetchall() for name, sql in queries.items()}


def test_a_server_that_is_given_is_left_as_it_was(
    place: Place, cache: str, server: RunningServer
) -> None:
    place.write(SCRIPT, f"{FINE}GRANT SELECT ON b TO unheard_of;\nSELECT 1 / 0;\n")
    before = state(server)

    done = bot(place, cache, "rehearse", "--postgres", server.url())

    assert done.code == ExitCode.FINDINGS, done.said
    assert "division by zero" in done.out
    assert "(given)" in done.out
    assert state(server) == before


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("by", ["option", "variable"])
def test_the_password_of_a_given_server_is_never_said(
    place: Place, cache: str, guarded: Server, form: str, by: str
) -> None:
    place.write(SCRIPT, f"{FINE}SELECT inet_server_port();\nALTER TABLE nowhere ADD n int;\n")
    option = ["--postgres", guarded.url()] if by == "option" else []
    environ = {"MIGRATION_BOT_REHEARSAL_URL": guarded.url()} if by == "variable" else {}

    done = bot(place, cache, "-v", "rehearse", "--format", form, *option, **environ)

    assert done.code == ExitCode.FINDINGS, done.said
    assert "nowhere" in done.out


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [
        (CANARY, ExitCode.USAGE, "is not a PostgreSQL connection URL"),
        (f"postgresql://u:{CANARY}#@h/d", ExitCode.USAGE, "cannot be read"),
        (f"postgresql://u:{CANARY}@h/d?pgbouncer=true", ExitCode.USAGE, "names a pooler"),
        (f"postgresql://u:{CANARY}@127.0.0.1:1/d", ExitCode.POSTGRES, "nothing listens there"),
    ],
    ids=["no URL", "unreadable", "pooler", "not there"],
)
def test_a_url_that_leads_nowhere_is_told_without_its_password(
    place: Place, cache: str, url: str, code: ExitCode, words: str
) -> None:
    place.write(SCRIPT, FINE)
    refused(bot(place, cache, "--quiet", "-v", "rehearse", "--postgres", url), code, words)


@pytest.mark.slow
def test_a_password_that_is_wrong_is_not_said_either(
    place: Place, cache: str, guarded: Server
) -> None:
    place.write(SCRIPT, FINE)
    wrong = guarded.url().replace(CANARY, "an0ther-secret")

    done = bot(place, cache, "--quiet", "rehearse", "--postgres", wrong)

    refused(done, ExitCode.POSTGRES, "user or password is wrong")
    assert "an0ther-secret" not in done.said
    checked = bot(place, cache, "check", MIGRATION_BOT_REHEARSAL_URL=wrong)
    assert checked.code == ExitCode.FINE, checked.said
    assert "user or password is wrong" in checked.out
    assert "an0ther-secret" not in checked.said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rehearsal: {statment_seconds: 5}", "statement_seconds"),
        ("rehearsal: {data: sead}", "seed"),
        ("rehearsal: {disk: 1 MB}", "100 MB"),
        ("rehearsal: {data: backup}", "rehearsal.target"),
    ],
)
def test_a_mistake_in_the_configuration_is_told_with_what_was_meant(
    place: Place, cache: str, text: str, words: str
) -> None:
    place.write(CONFIGURATION, f"{text}\n")
    refused(bot(place, cache, "rehearse"), ExitCode.USAGE, words)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_an_interrupted_rehearsal_ends_soon_and_leaves_no_server(place: Place, cache: str) -> None:
    place.write(SCRIPT, "SELECT pg_sleep(600);\n")
    with subprocess.Popen(
        command("rehearse"),
        cwd=place.root,
        env=environment(MIGRATION_BOT_CACHE=cache),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        wait_until(lambda: any("author" in each for each in below(process.pid).values()))
        started = below(process.pid)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (ExitCode.INTERRUPTED, "")
    assert "interrupted" in err
    assert "committed" not in err
    assert "Traceback" not in err
    # The warden is among them, who ends a moment later.
    assert len(started) > 1
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in started))


def below(pid: int) -> dict[int, str]:
    """What runs below a process: a backend's name says for whom, and what it does."""
    found = {}
    with suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in map(int, children.read_text().split()):
                found[child] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
                found |= below(child)
    return found
