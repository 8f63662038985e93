"""One tenant of a fleet: the world it is rolled out in, and what all of them share."""

import threading
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from bot.core.backups.backup import Proof, ProvedBackup, StoredBackup
from bot.core.backups.level import Level
from bot.core.backups.retention import NOTHING, Needed, Pruned
from bot.core.backups.stored import Stray
from bot.core.drift.drift import Expected
from bot.core.findings.page import Page
from bot.core.findings.review import JudgedMigration
from bot.core.gates.gate import Gate
from bot.core.migrations.history import History
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.progress import BackupSummary
from bot.core.targets.fleet import Tenant
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import Target
from bot.errors import BackupError
from bot.flows.gating.gates import gates_of
from bot.flows.reviewing.review import cut_named
from bot.flows.targets.expected import expected_of, queries_of
from bot.rollout.procedure import Order
from bot.world import Console, Fleets, World
from bot.world.backups import Note

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Once(Generic[Key, Value]):
    """What was found out for a key, found out once: whoever asks meanwhile waits."""

    def __init__(self) -> None:
        self._found: dict[Key, Value] = {}
        self._lock = threading.Lock()

    def get(self, key: Key, find: Callable[[], Value]) -> Value:
        with self._lock:
            if key not in self._found:
                self._found[key] = find()
            return self._found[key]


@dataclass
class Shared:
    """Judged once for each class of tenants, and not for each tenant: migrations, and gates."""

    target: Target
    history: History
    world: World
    judged: Once[tuple[str, ...], tuple[JudgedMigration, ...]] = field(default_factory=Once)
    gates: Once[Hashable, tuple[Gate, ...]] = field(default_factory=Once)
    expected: Once[Hashable, Expected] = field(default_factory=Once)

    def order(self, tenant: Tenant, *, backups: "Backups") -> tuple[Order, World]:
        """The order for one tenant, and the world to carry it out in."""
        own = replace(self.target, name=f"{self.target.name}/{tenant.name}", fleet=None)
        order = Order(
            own,
            self.history,
            self._judge,
            self._gates_of,
            expected=self._expected_of,
            queries=queries_of(self.target, self.world),
        )
        return order, self._world_of(tenant, backups)

    def _judge(self, names: Sequence[str]) -> tuple[JudgedMigration, ...]:
        key = tuple(names)
        return self.judged.get(key, lambda: cut_named(key, self.history, self.world))

    def _gates_of(self, plan: Plan) -> tuple[Gate, ...]:
        # A gate is about the texts that are pending, which is what the digest is of.
        return self.gates.get(plan.digest, lambda: gates_of(plan, self.target, self.world))

    def _expected_of(self, plan: Plan, facts: ServerFacts, schema: str) -> Expected:
        """One run of the history on a throw-away server serves a class of tenants."""
        pending = tuple(each.name for each in plan.pending)
        key = (plan.applied, pending, plan.interrupted, facts.major, schema)
        return self.expected.get(
            key, lambda: expected_of(self.history, plan, facts, schema, self.world)
        )

    def _world_of(self, tenant: Tenant, backups: "Backups") -> World:
        fleets = self.world.fleets
        assert fleets is not None
        return replace(
            self.world,
            # A tenant is compared with no other target: its mark says whose it is.
            settings=replace(self.world.settings, targets={}),
            console=_Aside(tenant.name, self.world.console),
            connect=lambda target: fleets.connect(target, tenant),
            backups=_OwnBackups(tenant, backups),
        )


@dataclass
class Backups:
    """Those taken in one wave: one for each database, however many of its schemas are tenants."""

    fleets: Fleets
    taken: dict[str, BackupSummary] = field(default_factory=dict)

    def take(self, target: Target, tenant: Tenant, note: Callable[[str], None]) -> BackupSummary:
        # Schemas of one database are never migrated at once, so nobody else asks for it now.
        if tenant.database not in self.taken:
            self.taken[tenant.database] = self.fleets.back_up(target, tenant, note)
        return self.taken[tenant.database]


@dataclass(frozen=True)
class _OwnBackups:
    """See world.Backups."""

    tenant: Tenant
    wave: Backups

    def take(
        self, target: Target, note: Note, *, touched: Collection[str] | None = None
    ) -> BackupSummary:
        return self.wave.take(target, self.tenant, note)

    def newest(self, target: Target) -> StoredBackup:
        raise _not_looked_for(target.name)

    def proved(self, target: Target) -> ProvedBackup | None:
        """None is looked for."""
        return None

    def listed(self, target: Target) -> tuple[StoredBackup, ...]:
        raise _not_looked_for(target.name)

    def strays(self, target: Target) -> tuple[Stray, ...]:
        raise _not_looked_for(target.name)

    def find(self, target: Target, id: str) -> StoredBackup:
        raise _not_looked_for(target.name)

    def require_openable(self, stored: StoredBackup) -> None:
        raise _not_looked_for(stored.manifest.target)

    def opened(self, stored: StoredBackup, note: Note) -> AbstractContextManager[Path]:
        raise _not_looked_for(stored.manifest.target)

    def verify(self, stored: StoredBackup, level: Level, note: Note) -> Proof:
        raise _not_looked_for(stored.manifest.target)

    def prune(
        self, target: Target, now: datetime, *, dry: bool, needed: Needed = NOTHING
    ) -> Pruned:
        raise _not_looked_for(target.name)


def _not_looked_for(target: str) -> BackupError:
    return BackupError(
        f"{target} is one of a fleet, and none of its backups is looked for.",
        hint="Ask for the whole fleet, or name a target of its own for this database.",
    )


@dataclass(frozen=True)
class _Aside:
    """A console for one of many: what is said names the tenant, and nothing spins."""

    name: str
    console: Console

    @property
    def page(self) -> Page:
        return self.console.page

    def show(self, text: str) -> None:
        self.console.show(text)

    def say(self, text: str) -> None:
        self.console.say(f"{self.name}: {text}")

    @contextmanager
    def waiting(self, text: str, of: int = 0) -> Iterator[Callable[[], None]]:
        yield lambda: None

    @property
    def watched(self) -> bool:
        """Many statements at once have no one line to share."""
        return False

    def follow(self, text: str) -> None:
        pass
