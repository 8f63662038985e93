"""A world of fakes, and what was said in it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.core.backups.level import Level
from bot.core.rollouts.progress import BackupSummary
from bot.core.settings import Settings
from bot.core.targets.fleet import Tenant
from bot.core.targets.target import Target
from bot.core.targets.url import parse_url
from bot.errors import PostgresError
from bot.world import World
from tests.fakes.backups import FakeBackups
from tests.fakes.checkout import FakeCheckout
from tests.fakes.database import FakeDatabase
from tests.fakes.github import FakeGitHub
from tests.fakes.surroundings import FakeClock, FakeConsole, FakeFiles, FakeRunner
from tests.fakes.values import NOON


def world(
    checkout: FakeCheckout,
    databases: Mapping[str, FakeDatabase] | None = None,
    *,
    settings: Settings | None = None,
    github: FakeGitHub | None = None,
    runner: FakeRunner | None = None,
    backups: FakeBackups | None = None,
    environ: Mapping[str, str] | None = None,
    files: FakeFiles | None = None,
) -> World:
    """A world in which nothing is real, and everything can be looked at afterwards."""
    known = dict(databases or {})
    clock = FakeClock()

    @contextmanager
    def connect(target: Target) -> Iterator[FakeDatabase]:
        if target.name not in known:
            raise PostgresError(f"{target.name} does not answer.", hint="Start it.")
        yield known[target.name]

    return World(
        settings=settings or Settings(),
        console=FakeConsole(),
        checkout=checkout,
        connect=connect,
        backups=backups or FakeBackups([]),
        files=files or FakeFiles(),
        now=clock.now,
        sleep=clock.sleep,
        environ=environ or {},
        github=github,
        runner=runner,
    )


def database_of(given: World, target: str = "staging") -> FakeDatabase:
    with given.connect(given.settings.target(target)) as database:
        assert isinstance(database, FakeDatabase)
        return database


def shown(given: World) -> str:
    """What a command answered."""
    assert isinstance(given.console, FakeConsole)
    return given.console.output


@dataclass
class FakeFleets:
    """Tenants by name, each a database, or with `schemas` all of one. `down` are those that do not
    answer, and how often they will not."""

    databases: Mapping[str, FakeDatabase]
    schemas: bool = False
    down: dict[str, int] = field(default_factory=dict)
    unwell: set[str] = field(default_factory=set)
    connected: list[str] = field(default_factory=list)
    backed_up: list[str] = field(default_factory=list)

    def tenants(self, target: Target) -> tuple[Tenant, ...]:
        path = "one?schema={}" if self.schemas else "{}"
        return tuple(
            Tenant(name, parse_url(f"postgresql://h/{path.format(name)}"))
            for name in self.databases
        )

    @contextmanager
    def connect(self, target: Target, tenant: Tenant) -> Iterator[FakeDatabase]:
        self.connected.append(tenant.name)
        if self.down.get(tenant.name, 0) > 0:
            self.down[tenant.name] -= 1
            raise PostgresError(f"{tenant.name} is away.", hint="Start it.", sqlstate="08001")
        yield self.databases[tenant.name]

    def back_up(self, target: Target, tenant: Tenant, note: Callable[[str], None]) -> BackupSummary:
        self.backed_up.append(tenant.name)
        return BackupSummary(f"b-{tenant.name}", 1024, 1.0, NOON, "proved", level=Level.RESTORE)

    def healthy(self, tenant: Tenant, query: str) -> bool:
        return tenant.name not in self.unwell
