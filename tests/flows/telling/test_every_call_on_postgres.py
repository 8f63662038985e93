"""GitHub in trouble at any call of a deploy job, with real targets: what happened in the database
is what the job says, by its exit code; and the next one tells what this one could not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.postgres.server import Server, start_server
from bot.adapters.postgres.target.opening import open_target
from bot.core.targets.target import Target
from bot.core.targets.url import parse_url
from bot.errors import BotError, ExitCode
from bot.flows.asked.answering import answer
from bot.flows.asked.apply import TARGET_VARIABLE
from bot.world import Database
from tests.asking import ask
from tests.conftest import FRUGAL
from tests.flows.telling.every_call import (
    HERE,
    NEW,
    OLD,
    Order,
    Scene,
    down,
    each_call,
    lost,
)
from tests.flows.telling.test_audit import FakeSealer
from tests.rollout.real import Apply

pytestmark = [pytest.mark.slow, pytest.mark.soak]

BEFORE = "before"
Targets = Callable[[Scene, int], None]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """With a database that has the first migration."""
    with start_server(settings=FRUGAL) as started:
        ask(started.url(), f"CREATE DATABASE {BEFORE}")
        Apply(started.url(BEFORE))(OLD)
        yield started


@pytest.fixture
def targets(server: Server) -> Iterator[Targets]:
    """Gives a scene two targets of its own."""
    made: list[str] = []

    def give(scene: Scene, at: int) -> None:
        for name in scene.targets:
            made.append(f"{name}_{at}")
            ask(server.url(), f"CREATE DATABASE {made[-1]} TEMPLATE {BEFORE}")

        @contextmanager
        def connect(target: Target) -> Iterator[Database]:
            url = parse_url(server.url(f"{target.name}_{at}"))
            with open_target(target, url, who="test") as opened:
                yield opened

        scene.connect = connect

    yield give
    for name in made:
        ask(server.url(), f"DROP DATABASE {name} WITH (FORCE)")


def job(made: Scene, target: str) -> tuple[ExitCode, str]:
    """One deploy job, by its exit code and what it said of an error."""
    given = made.world()
    given = replace(given, environ={TARGET_VARIABLE: target}, sealer=FakeSealer())
    try:
        code = answer(given, "push", {"after": made.merge}, HERE)
    except BotError as error:
        return error.exit_code, error.message
    return code, ""


@pytest.mark.parametrize(
    ("target", "order"),
    [("staging", down), ("production", lost)],
)
def test_the_target_is_what_the_job_says_whichever_call_fails(
    tmp_path: Path, server: Server, targets: Targets, target: str, order: Order
) -> None:
    for made, at in each_call(tmp_path, order, merged=True):
        targets(made, at)
        if target == "production":
            assert job(made, "staging")[0] == ExitCode.FINE
        order(made.hub, at)
        code, error = job(made, target)
        here = server.url(f"{target}_{at}")

        done = names(here) == [OLD.name, NEW.name]
        assert table_is_there(here) == done, f"call {at}"
        # By default production alone keeps them.
        assert audit_rows(here) == int(done and target == "production"), f"call {at}"
        if not done:
            # A gate could not be asked: it stays closed, and nothing was begun.
            assert names(here) == [OLD.name], f"call {at}"
            assert code in (ExitCode.GATE_CLOSED, ExitCode.GITHUB), f"call {at}: {error}"
        else:
            assert code in (ExitCode.FINE, ExitCode.GITHUB), f"call {at}: {error}"

        made.recover()
        assert job(made, target) == (ExitCode.FINE, ""), f"call {at}"
        assert names(here) == [OLD.name, NEW.name], f"call {at}"
        assert audit_rows(here) == int(target == "production"), f"call {at}"
        assert f"**{target}** ✅ applied on" in comment(made), f"call {at}"


def names(url: str) -> list[str]:
    rows = ask(
        url,
        "SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL "
        "ORDER BY started_at",
    )
    return [str(name) for (name,) in rows]


def table_is_there(url: str) -> bool:
    return ask(url, "SELECT to_regclass('b') IS NOT NULL") == [(True,)]


def audit_rows(url: str) -> int:
    if ask(url, "SELECT to_regclass('migration_bot.audit') IS NULL") == [(True,)]:
        return 0
    ((count,),) = ask(url, "SELECT count(*) FROM migration_bot.audit")
    return int(str(count))


def comment(made: Scene) -> str:
    """The one of the bot."""
    assert made.comments() == 1
    found = made.hub.repository("acme/shop").pulls[made.number].comments.values()
    return next(each.body for each in found if each.user.bot)
