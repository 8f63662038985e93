"""Scenarios 37 and 38 from GitHub's side: it cancels a job, is away, or refuses to be told.

What happens to the database does not depend on it, and the next run tells what this one could not.
"""

import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from bot.demo.hub import Event, Hub
from bot.demo.hub.server import Call
from bot.demo.hub.state import ACTIONS_BOT
from bot.demo.runner import DemoJob, DemoRunner
from bot.errors import ExitCode
from tests.conftest import SERVERS
from tests.faults.campaign import Place
from tests.faults.figures import EVERYTHING
from tests.faults.invariants import after_convergence, look
from tests.faults.judging import Judge
from tests.faults.proxy import Fault, Link, answering, sending
from tests.faults.stories import MIXED, TRANSACTIONAL, Story
from tests.openapi.validator import OpenApiValidator

# GitHub is the same for all servers.
TRIED = [*SERVERS] if EVERYTHING else [*SERVERS][:1]
pytestmark = [
    pytest.mark.faults,
    pytest.mark.parametrize("server", TRIED, indirect=True, scope="session"),
]

MakePlace = Callable[[Story], Place]

SHOP = "acme/shop"
LOCK = {"prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n'}
DEPLOYS = {"contents": "read", "pull_requests": "write", "deployments": "write"}
TELLING = r"/(statuses|deployments|comments|comments/\d+)$"
# Of one kind the client makes five calls at most.
ALWAYS = 999
# Seconds: more than a run gives GitHub, so that it goes on at once. That it waits is tested beside.
LONG = 3600


@dataclass
class Shop:
    """A repository on a GitHub of this machine, and the jobs of its deploy workflow."""

    hub: Hub
    runner: DemoRunner
    watched: list[Callable[[Call], None]] = field(default_factory=list)

    def merged(self, story: Story) -> Event:
        """A pull request with the story's file, opened and merged; the event is the push."""
        before, file = story.history
        self.hub.create_repository(SHOP, files={**LOCK, before.path: before.sql})
        self.hub.push(SHOP, "topic", {file.path: file.sql}, author="acme")
        self.hub.open_pull_request(SHOP, author="acme", head="topic", title="Change it")
        return self.hub.merge(SHOP, 1, author="acme", method="squash")[1]

    def begin(self, push: Event, url: str) -> DemoJob:
        secrets = {"STAGING_DATABASE_URL": url}
        return self.runner.begin(push, permissions=DEPLOYS, secrets=secrets, target="staging")

    def comments(self) -> list[str]:
        found = self.hub.repository(SHOP).pulls[1].comments.values()
        return [each.body for each in found if each.user.login == ACTIONS_BOT]

    def states(self) -> list[list[str]]:
        """The statuses of each deployment."""
        found = self.hub.repository(SHOP).deployments.values()
        return [[status.state for status in each.statuses] for each in found]


@pytest.fixture
def shop(tmp_path: Path, judge: Judge, validator: OpenApiValidator) -> Iterator[Shop]:
    # There is no other server on which Prisma might be asked.
    judge.due = True
    watched: list[Callable[[Call], None]] = []

    def tell(call: Call) -> None:
        validator.check(call)
        for each in watched:
            each(call)

    with Hub(tmp_path / "hub", on_call=tell) as hub:
        yield Shop(hub, DemoRunner(hub, SHOP, tmp_path), watched)


# A runner's own row says how often it was applied, and when.
ROWS = "SELECT * FROM _prisma_migrations ORDER BY started_at"


def rows(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(ROWS).fetchall()


def made_up_for(shop: Shop, made: Place, push: Event) -> None:
    """The database is as if nobody had been disturbed, and stays so when the next run tells it."""
    assert list(after_convergence(made.url, made.story, made.expected)) == []
    before = rows(made.url)

    told = shop.begin(push, made.proxy.url).result()

    assert told.code == ExitCode.FINE, told.log
    assert rows(made.url) == before
    (comment,) = shop.comments()
    assert "`production` is next" in comment
    assert made.story.file.name in comment
    assert [state for states in shop.states() for state in states].count("success") == 1


OWN = "GitHub has a problem of its own"
LIMIT = "The limit opens again at"
# What is done to the calls that tell, and what we advise.
TROUBLE: dict[str, tuple[Callable[[Hub], None], str]] = {
    "unavailable": (lambda hub: hub.fail_next("*", TELLING, status=503, times=ALWAYS), OWN),
    "broken": (lambda hub: hub.fail_next("*", TELLING, status=500, times=ALWAYS), OWN),
    "secondary limit": (
        lambda hub: hub.limit_next("POST", TELLING, retry_after=LONG, times=ALWAYS),
        LIMIT,
    ),
    "primary limit": (
        lambda hub: hub.exhaust_next("POST", TELLING, reset_in=LONG, times=ALWAYS),
        LIMIT,
    ),
    "too many": (
        lambda hub: hub.fail_next(
            "POST", TELLING, status=429, times=ALWAYS, headers={"retry-after": str(LONG)}
        ),
        LIMIT,
    ),
}


@pytest.mark.parametrize("trouble", TROUBLE)
def test_38_github_does_not_let_us_tell(place: MakePlace, shop: Shop, trouble: str) -> None:
    made = place(TRANSACTIONAL)
    made.reset()
    push = shop.merged(TRANSACTIONAL)
    order, advice = TROUBLE[trouble]
    order(shop.hub)

    job = shop.begin(push, made.proxy.url).result()

    assert any(each.injected or each.lost for each in shop.hub.calls)
    assert job.code == ExitCode.GITHUB, job.log
    assert "not told to GitHub" in job.log
    assert advice in job.log
    assert "Traceback" not in job.log
    shop.hub.recover()
    made_up_for(shop, made, push)


def test_38_a_call_whose_answer_is_lost_is_not_made_twice(place: MakePlace, shop: Shop) -> None:
    made = place(TRANSACTIONAL)
    made.reset()
    push = shop.merged(TRANSACTIONAL)
    shop.hub.drop_next("POST", TELLING, times=ALWAYS)

    job = shop.begin(push, made.proxy.url).result()

    assert any(each.lost for each in shop.hub.calls)
    assert job.code == ExitCode.FINE, job.log
    assert shop.states() == [["in_progress", "success"]]
    shop.hub.recover()
    made_up_for(shop, made, push)


def test_38_a_limit_that_passes_is_waited_for(place: MakePlace, shop: Shop) -> None:
    made = place(TRANSACTIONAL)
    made.reset()
    push = shop.merged(TRANSACTIONAL)
    shop.hub.limit_next("GET", TELLING, retry_after=1, times=2)
    shop.hub.fail_next("GET", TELLING, status=429, headers={"retry-after": "1"})

    job = shop.begin(push, made.proxy.url).result()

    assert job.code == ExitCode.FINE, job.log
    assert sum(each.injected for each in shop.hub.calls) == 3
    made_up_for(shop, made, push)


def test_38_github_is_away_from_the_commit_on(place: MakePlace, shop: Shop) -> None:
    made = place(TRANSACTIONAL)
    made.reset()
    push = shop.merged(TRANSACTIONAL)
    crashes: list[str] = []
    fault = Fault(answering("COMMIT"), lambda _: crashes.extend(shop.hub.stop()))
    made.proxy.arm(fault)

    job = shop.begin(push, made.proxy.url).result()

    assert fault.hit, "\n".join(map(str, made.proxy.seen))
    assert crashes == []
    assert job.code == ExitCode.GITHUB, job.log
    assert "not told to GitHub" in job.log
    shop.hub.start()
    made_up_for(shop, made, push)


def test_38_the_job_dies_between_the_commit_and_its_answer(place: MakePlace, shop: Shop) -> None:
    made = place(TRANSACTIONAL)
    made.reset()
    push = shop.merged(TRANSACTIONAL)
    jobs: list[DemoJob] = []

    def die(link: Link) -> None:
        _killed(jobs)
        link.close()

    made.proxy.arm(Fault(answering("COMMIT"), die))
    jobs.append(shop.begin(push, made.proxy.url))

    assert jobs[0].result().code == -signal.SIGKILL
    assert shop.states() == [["in_progress"]]
    made.proxy.arm()
    made_up_for(shop, made, push)


def test_38_the_job_dies_after_the_deployment_and_before_the_comment(
    place: MakePlace, shop: Shop
) -> None:
    made = place(TRANSACTIONAL)
    made.reset()
    push = shop.merged(TRANSACTIONAL)
    jobs: list[DemoJob] = []

    def die(call: Call) -> None:
        told = call.method == "POST" and call.path.endswith("/statuses")
        if told and call.request_body["state"] == "success":
            _killed(jobs)

    shop.watched.append(die)
    jobs.append(shop.begin(push, made.proxy.url))

    assert jobs[0].result().code == -signal.SIGKILL
    assert shop.states() == [["in_progress", "success"]]
    shop.watched.clear()
    made_up_for(shop, made, push)


def test_37_a_cancelled_job_tells_how_far_it_is(place: MakePlace, shop: Shop) -> None:
    made = place(MIXED)
    made.reset()
    push = shop.merged(MIXED)
    jobs: list[DemoJob] = []

    def cancel(_: Link) -> None:
        _begun(jobs).process.send_signal(signal.SIGTERM)
        time.sleep(0.2)

    fault = Fault(sending("UPDATE counted"), cancel)
    made.proxy.arm(fault)
    jobs.append(shop.begin(push, made.proxy.url))

    cancelled = jobs[0].result()

    assert fault.hit, "\n".join(map(str, made.proxy.seen))
    assert cancelled.code == ExitCode.INTERRUPTED, cancelled.log
    assert shop.states()[-1][-1] == "failure"
    (comment,) = shop.comments()
    assert "The rollout to staging was interrupted" in comment
    assert look(made.url, MIXED).steps == 2
    made.proxy.arm()
    again = shop.begin(push, made.proxy.url).result()
    assert again.code == ExitCode.FINE, again.log
    assert list(after_convergence(made.url, MIXED, made.expected)) == []
    (comment,) = shop.comments()
    assert "The rollout to staging was interrupted" not in comment
    assert "`production` is next" in comment


def _begun(jobs: list[DemoJob]) -> DemoJob:
    while not jobs:
        time.sleep(0.01)
    return jobs[0]


def _killed(jobs: list[DemoJob]) -> None:
    """What the machine of a runner does that is taken away: it says nothing to anybody."""
    _begun(jobs).process.kill()
