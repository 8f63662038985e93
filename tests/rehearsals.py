"""Rehearsals of SQL texts on real throw-away servers, for tests of whatever looks at them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.adapters.postgres.rehearsal.rehearse import rehearse
from bot.core.findings.review import Review
from bot.core.migrations.history import Change
from bot.core.rehearsals.rehearsal import Rehearsal
from bot.core.rehearsals.rehearsal_order import Limits, Order
from bot.core.rehearsals.sizes import Sizes
from bot.core.settings import RehearsalSettings, Settings
from bot.errors import PostgresError
from bot.flows.reviewing.rehearsal import rehearsed
from bot.judge.judge import judge
from bot.rules import RULES
from tests.fakes import FakeCheckout, world
from tests.judging import change

DOWN_MARK = "-- down.sql\n"


@dataclass
class RealRehearsals:
    """On an embedded or installed server, with its templates in a directory of the tests."""

    cache: Path
    told: list[str] = field(default_factory=list)

    def run(self, order: Order, note: Callable[[str], None]) -> Rehearsal:
        environ = {"MIGRATION_BOT_CACHE": str(self.cache), "PATH": "/usr/bin:/bin"}
        return rehearse(order, environ=environ, note=self.told.append)

    def at(self, url: str) -> "RealRehearsals":
        raise NotImplementedError(f"no test asks for {url}")


@dataclass(frozen=True)
class NoRehearsals:
    """A machine without a server to rehearse on."""

    def run(self, order: Order, note: Callable[[str], None]) -> Rehearsal:
        raise PostgresError("No PostgreSQL server was found.", hint="Install one.")

    def at(self, url: str) -> "NoRehearsals":
        return self


def with_down(given: Change) -> Change:
    """The change with what stands below DOWN_MARK in a text as that migration's down.sql."""
    migrations = []
    for each in given.head.migrations:
        sql, mark, down = each.sql.partition(DOWN_MARK)
        migrations.append(replace(each, sql=sql, down=down if mark else None))
    return replace(given, head=replace(given.head, migrations=tuple(migrations)))


def rehearsed_review(
    *added: str,
    cache: Path,
    before: Sequence[str] = (),
    settings: Settings | None = None,
    rehearsals: RealRehearsals | NoRehearsals | None = None,
    sizes: Sizes | None = None,
) -> Review:
    """Judge and rehearse migrations as `check` does."""
    given = with_down(change(*added, before=before))
    chosen = settings or Settings(rehearsal=RehearsalSettings(limits=Limits(statement=10)))
    here = replace(
        world(FakeCheckout(given.head), settings=chosen),
        rehearsals=rehearsals or RealRehearsals(cache),
        sizes=lambda: sizes,
    )
    review = judge(given, RULES, severities=chosen.severities, options=chosen.options)
    return rehearsed(review, given, here)
