"""GitHub in trouble at any call of a run: the target is as it would be, nothing is told twice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import pytest

from bot.adapters.github.client import connect
from bot.adapters.github.patience import Patience
from bot.adapters.github.repository import GitHubRepository
from bot.core.event import Event
from bot.core.migration import Migration
from bot.demo.hub import Hub
from bot.demo.hub.records import Deployment
from bot.demo.hub.state import ACTIONS_BOT
from bot.errors import BotError, GateClosed, GitHubError
from bot.flows.asked.answering import answer
from bot.flows.telling.deploy import deploy
from bot.world import World
from tests.fakes import FakeCheckout, FakeDatabase, FakeRunner, applied, history, world
from tests.hub import FILES, FIRST, SECOND, SHOP, ticking
from tests.openapi.validator import OpenApiValidator

SQL = "CREATE TABLE b (id int PRIMARY KEY);\n"
OLD = Migration("20260101000000_first", FIRST, FILES[FIRST])
NEW = Migration("20260202000000_second", SECOND, SQL)
EVERYTHING = dict.fromkeys(
    ("actions", "checks", "contents", "deployments", "issues", "pull_requests"), "write"
)
HERE = "h" * 40
_MOST = 100

Order = Callable[[Hub, int], None]


def down(hub: Hub, at: int) -> None:
    """For so long that what is asked again fails too."""
    hub.fail_next("*", "", status=502, times=5, let_through=at)


def lost(hub: Hub, at: int) -> None:
    hub.drop_next("*", "", let_through=at)


def refused(hub: Hub, at: int) -> None:
    hub.fail_next("*", "", status=403, let_through=at)


def limited(hub: Hub, at: int) -> None:
    """For longer than a run waits."""
    headers = {"retry-after": "3600"}
    hub.fail_next("*", "", status=429, headers=headers, let_through=at)


TROUBLES = [down, lost, refused, limited]
ROLLOUTS = [("staging", order) for order in TROUBLES] + [("production", down), ("production", lost)]


@dataclass
class Scene:
    """A pull request with one migration, and two targets that lack it."""

    hub: Hub
    number: int = 0
    merge: str = ""
    targets: dict[str, FakeDatabase] = field(
        default_factory=lambda: {
            name: FakeDatabase([applied(OLD)]) for name in ("staging", "production")
        }
    )
    spared: bool = False
    """The run made fewer calls than were let through."""

    def recover(self) -> None:
        self.spared = self.hub.troubled
        self.hub.recover()

    def world(self) -> World:
        """As a new run has it: nothing is remembered but by GitHub and the targets."""
        token = self.hub.token(permissions=EVERYTHING)
        client = connect(token, api_url=self.hub.api_url, patience=Patience(pace=0))
        github = GitHubRepository(client, SHOP, clean=str, login=ACTIONS_BOT)
        whole = history(OLD, NEW)
        checkout = FakeCheckout(whole, history(OLD), commits={NEW.name: self.merge})
        runner = FakeRunner(Event("push", {"sender": {"login": "ada"}}, HERE))
        made = world(checkout, self.targets, github=github, runner=runner)  # type: ignore[arg-type]
        rehearsal = replace(made.settings.rehearsal, enabled=False)
        return replace(made, settings=replace(made.settings, rehearsal=rehearsal))

    def names(self, target: str) -> list[str]:
        return [row.name for row in self.targets[target].rows if row.finished]

    def comments(self) -> int:
        found = self.hub.repository(SHOP).pulls[self.number].comments.values()
        return sum(each.user.login == ACTIONS_BOT for each in found)

    def deployments(self, target: str) -> list[Deployment]:
        found = self.hub.repository(SHOP).deployments.values()
        return [each for each in found if each.environment == target]


@contextmanager
def scene(folder: Path, *, merged: bool) -> Iterator[Scene]:
    validator = OpenApiValidator()
    with Hub(folder, clock=ticking(), on_call=validator.check) as hub:
        hub.create_repository(SHOP, files=FILES, roles={"mia": "maintain", "ada": "write"})
        hub.push(SHOP, "second", {SECOND: SQL}, author="ada", message="Add the second")
        opened = hub.open_pull_request(SHOP, author="ada", head="second", title="Second")
        made = Scene(hub, opened.payload["number"])
        hub.review(SHOP, made.number, author="mia")
        if merged:
            made.merge = hub.merge(SHOP, made.number, author="ada", method="squash")[1].sha
        yield made
    validator.require_clean()


def each_call(folder: Path, order: Order, *, merged: bool) -> Iterator[tuple[Scene, int]]:
    """A fresh scene for each call there is, until a run is through before its turn."""
    for at in count():
        assert at < _MOST, "a run makes fewer calls than that"
        with scene(folder / str(at), merged=merged) as made:
            yield made, at
            if made.spared:
                assert at > 5, "a run makes more calls than that"
                return


@pytest.mark.slow
@pytest.mark.parametrize(("target", "order"), ROLLOUTS)
def test_a_rollout_is_the_same_whatever_call_fails(
    tmp_path: Path, target: str, order: Order
) -> None:
    for made, at in each_call(tmp_path, order, merged=True):
        if target == "production":
            run(made, "staging")
        order(made.hub, at)
        error = run(made, target)
        names = made.names(target)
        if error is None or NEW.name in names:
            assert names == [OLD.name, NEW.name], f"call {at}"
        else:
            # A gate could not be asked: it stays closed, and nothing was begun.
            assert isinstance(error, GitHubError | GateClosed), f"call {at}: {error}"
            assert names == [OLD.name], f"call {at}"
        after_recovery(made, target, at)


def after_recovery(made: Scene, target: str, at: int) -> None:
    """The next run tells what this one could not, and nothing twice."""
    made.recover()
    assert run(made, target) is None, f"call {at}"
    assert made.names(target) == [OLD.name, NEW.name], f"call {at}"
    assert made.comments() == 1, f"call {at}"
    ended = [each.statuses[-1].state for each in made.deployments(target) if each.statuses]
    assert ended.count("success") == 1, f"call {at}: {ended}"


def run(made: Scene, target: str) -> BotError | None:
    """One deploy job; anything but a BotError is a crash."""
    given = made.world()
    try:
        deploy(given.settings.target(target), made.merge, given)
    except BotError as error:
        return error
    return None


@pytest.mark.slow
@pytest.mark.parametrize("order", TROUBLES, ids=lambda each: each.__name__)
def test_a_check_is_told_once_whatever_call_fails(tmp_path: Path, order: Order) -> None:
    for made, at in each_call(tmp_path, order, merged=False):
        order(made.hub, at)
        assert isinstance(check(made), GitHubError | None), f"call {at}"
        made.recover()
        assert check(made) is None, f"call {at}"
        assert made.comments() == 1, f"call {at}"
        runs = made.hub.repository(SHOP).check_runs.values()
        assert {each.status for each in runs} <= {"completed"}, f"call {at}"


def check(made: Scene) -> BotError | None:
    given = made.world()
    pull = made.hub.repository(SHOP).pulls[made.number]
    repository = {"full_name": SHOP}
    payload = {
        "pull_request": {
            "number": made.number,
            "head": {"sha": pull.head_sha, "repo": repository},
            "base": {"sha": "b" * 40, "ref": "main", "repo": repository},
        }
    }
    try:
        answer(given, "pull_request", payload, HERE)
    except BotError as error:
        return error
    return None
