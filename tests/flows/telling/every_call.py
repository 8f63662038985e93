"""A pull request, two targets, and a GitHub that can be in trouble at any call of a run."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from bot.adapters.github.client import connect
from bot.adapters.github.patience import Patience
from bot.adapters.github.repository import GitHubRepository
from bot.core.github.event import Event
from bot.core.migrations.migration import Migration
from bot.core.targets.target import Target
from bot.demo.hub import Hub
from bot.demo.hub.outcomes import Deployment
from bot.demo.hub.state import ACTIONS_BOT
from bot.world import Database, World
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
    connect: Callable[[Target], AbstractContextManager[Database]] | None = None
    """To real targets instead of those."""
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
        return replace(
            made,
            settings=replace(made.settings, rehearsal=rehearsal),
            connect=self.connect or made.connect,
        )

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
