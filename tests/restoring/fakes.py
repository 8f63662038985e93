"""A server on which nothing is real, and what a restore did there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from bot.core.backups.backup import Manifest, StoredBackup, TableContent
from bot.core.restores.loss import TableLoss
from bot.core.restores.outcome import Put, Step
from bot.core.restores.plan import How
from bot.core.restores.scene import Scene, Sessions
from bot.core.settings import default_targets
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import Target
from bot.errors import PostgresError
from bot.restoring.order import Order
from bot.world import World
from bot.world.restoring import Heard, Note
from tests.fakes import FakeBackups, FakeCheckout, FakeDatabase, applied, history, migration, world
from tests.fakes.values import MANIFEST, NOON

PRODUCTION = default_targets()["production"]
STAGING = default_targets()["staging"]
INIT, MORE = migration("20260101000000_init"), migration("20260102000000_more")
SAVED = replace(
    MANIFEST,
    id="20261122T120000Z-production-1a2b3c",
    tables=(TableContent("public.orders", 40), TableContent("public.users", 7)),
    roles=("app",),
    migration_head=INIT.name,
)
SCENE = Scene(
    database="shop",
    there=True,
    version="18.1",
    now=NOON + timedelta(hours=2, minutes=4),
    system_identifier="7",
    size=7_000_000,
    role="owner",
    roles=frozenset({"app", "owner"}),
    sessions=(Sessions("web", "app", 12), Sessions("", "app", 1)),
    tables=(TableContent("public.orders", 52), TableContent("public.users", 7)),
    applied=(applied(INIT), applied(MORE)),
)
PUT = Put(
    NOON + timedelta(hours=2, minutes=9),
    tables=2,
    rows=47,
    kept="shop_before_restore_20261122140900",
    lost=(TableLoss("public.orders", 53, 40),),
)


@dataclass
class FakeSite:
    """See world.Site."""

    diary: list[str]
    seen: Scene = SCENE
    known: ServerFacts | None = None
    left: tuple[str, ...] = ()
    error: PostgresError | None = None

    def facts(self) -> ServerFacts | None:
        return self.known

    def scene(self, *, counted: bool = True) -> Scene:
        return self.seen

    @contextmanager
    def exclusively(self, note: Note) -> Iterator[None]:
        self.diary.append("lock")
        yield
        self.diary.append("unlock")

    def sweep(self) -> tuple[str, ...]:
        self.diary.append("sweep")
        return self.left

    def put(
        self, manifest: Manifest, place: Path, how: How, *, owners: bool, note: Note, heard: Heard
    ) -> Put:
        self.diary.append(f"put {manifest.id} by {how}{'' if owners else ' without owners'}")
        if self.error is not None:
            raise self.error
        heard(Step.DONE)
        return PUT


@dataclass
class FakeRestoring:
    site: FakeSite

    @contextmanager
    def at(self, target: Target) -> Iterator[FakeSite]:
        self.site.diary.append(f"open {target.name}")
        yield self.site
        self.site.diary.append(f"close {target.name}")


@dataclass
class Night:
    """A world with one backup in it."""

    site: FakeSite = field(default_factory=lambda: FakeSite([]))
    saved: Manifest = SAVED
    backup_error: PostgresError | None = None

    @property
    def diary(self) -> list[str]:
        return self.site.diary

    @property
    def world(self) -> World:
        shelf = (StoredBackup(self.saved, Path("/backups") / self.saved.id),)
        after = FakeDatabase(rows=[applied(INIT)])
        return replace(
            world(
                FakeCheckout(history(INIT, MORE)),
                {"production": after, "staging": after},
                backups=FakeBackups(self.diary, shelf=shelf, error=self.backup_error),
            ),
            restoring=FakeRestoring(self.site),
        )


def order(**more: object) -> Order:
    given = {"source": PRODUCTION, "target": PRODUCTION, "backup": "20261122T12", **more}
    return Order(**given)  # type: ignore[arg-type]
