"""Everything a command may touch, as protocols; cli.py fills them, tests fake them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.core.drift.drift import Expected
from bot.core.drift.look import Compared, DriftOrder
from bot.core.findings.fixed import FixedMigration
from bot.core.findings.page import Page
from bot.core.gates.spans import Span
from bot.core.github.event import Event
from bot.core.github.run import Run
from bot.core.initial import Ground
from bot.core.migrations.history import Change, History
from bot.core.migrations.migration import Migration
from bot.core.rehearsals.rehearsal import Rehearsal
from bot.core.rehearsals.rehearsal_order import Order
from bot.core.rehearsals.sizes import Sizes
from bot.core.rollouts.progress import BackupSummary
from bot.core.rollouts.rollback_steps import Tried
from bot.core.rollouts.trial import Comparison, Trial
from bot.core.settings import Settings
from bot.core.targets.fleet import Tenant
from bot.core.targets.target import Target
from bot.world.backups import Backups as Backups
from bot.world.creating import ProjectPrisma as ProjectPrisma
from bot.world.creating import Shadows as Shadows
from bot.world.database import Database as Database
from bot.world.development import Development as Development
from bot.world.examining import Examiner as Examiner
from bot.world.github import GitHub as GitHub
from bot.world.heart import Heart
from bot.world.hooks import HookRunner as HookRunner
from bot.world.log import NoLog
from bot.world.log import RolloutLog as RolloutLog
from bot.world.notifier import Notifier as Notifier
from bot.world.resetting import Resetting as Resetting
from bot.world.restoring import Restoring as Restoring
from bot.world.sealer import Sealer as Sealer
from bot.world.telemetry import NoTelemetry
from bot.world.telemetry import Telemetry as Telemetry


class Console(Protocol):
    """Where a person, or a log, reads along."""

    @property
    def page(self) -> Page:
        """What results are written on."""

    def show(self, text: str) -> None:
        """Write a result to standard output."""

    def say(self, text: str) -> None:
        """Write a line about the work to standard error; nothing when quiet."""

    def waiting(self, text: str, of: int = 0) -> AbstractContextManager[Callable[[], None]]:
        """Say what is being waited for, once it has taken two seconds, and how long it has been.

        What is yielded is called, from any thread, as one more of so many is done: then it is said
        how many those are, and about how much time is left. No question is asked meanwhile."""

    @property
    def watched(self) -> bool:
        """Whether somebody sees what `follow` shows."""

    def follow(self, text: str) -> None:
        """Show what is going on, on a last line that the next text takes the place of; "" takes it
        away. Only where somebody watches. May be called from any thread."""


class Checkout(Protocol):
    """The working tree, and the git repository around it if there is one."""

    def history(self, *, optional: bool = False) -> History:
        """The working tree's; empty if there is no such folder and it is `optional`."""

    def change(self, base: str | None, now: datetime) -> Change: ...
    def everything(self, now: datetime) -> Change: ...
    def staged(self, base: str | None, now: datetime) -> Change:
        """What the next commit would have, and not what else lies in the working tree."""

    def added_by(self, name: str) -> str | None: ...
    def head(self) -> str: ...
    def commit_with(self, name: str, checksum: str) -> str | None:
        """The commit in which a migration has the text of that checksum; None if none is known."""

    def text_with(self, name: str, checksum: str) -> str | None:
        """The text itself."""

    def ground(self) -> Ground:
        """The repository as it is before the bot moves in. Raises UsageError if it is none."""

    def text(self, path: str) -> str | None:
        """A file by its path from the top; None if there is none. Raises UsageError."""

    def fetched(self, pull: int) -> str | None:
        """The commit at the head of a pull request, brought here to be read; None if it is gone."""

    def change_at(self, commit: str, base_name: str, now: datetime) -> Change:
        """What a commit brings to what is checked out, which is the tip of that base."""

    def put(self, migrations: Sequence[FixedMigration]) -> None:
        """Write what was fixed in the place of what it was made from. Raises UsageError."""

    def put_down(self, migration: Migration, text: str, *, overwrite: bool = False) -> None:
        """Write a down.sql beside the migration's script. Raises UsageError, also if there is one
        that is not to be overwritten."""

    def put_new(self, migration: Migration, *, lock: bool = False) -> None:
        """Write a new migration, the folder of all if it is not there, and with `lock` the lock
        file. Raises UsageError."""


class Files(Protocol):
    """Files that the command line names."""

    def read(self, path: str) -> str: ...
    def write(self, path: str, text: str) -> None:
        """Put a file there, whole or not at all."""

    def write_folder(self, path: str, texts: Mapping[str, str]) -> Mapping[str, int]:
        """Put these files there by their paths in it, with nothing left of what was put there so
        before; their sizes in bytes. Raises UsageError, also for a folder that holds other files.
        """


class Trials(Protocol):
    def compare(self, trial: Trial) -> Comparison:
        """Run two ways to a schema on a throw-away server. Raises PostgresError without one."""


class Rehearsals(Protocol):
    def run(self, order: Order, note: Callable[[str], None]) -> Rehearsal:
        """Run new migrations on a throw-away server, on top of a history.

        Whatever the migrations do is in the answer. `note` is told how far it is. Raises
        PostgresError or UsageError if there is no server to do it on.
        """

    def at(self, url: str) -> "Rehearsals":
        """The same on a server that somebody names, which is left as it was."""


class Schemas(Protocol):
    def expected(self, order: Order, note: Callable[[str], None]) -> Expected:
        """What the order's base makes, and its new migrations on top, from a throw-away server.

        What cannot be known is said in the answer.
        """

    def compare(self, order: DriftOrder, note: Callable[[str], None]) -> Compared:
        """What a target has set beside what its history makes there, and what would settle it.

        What cannot be known is said in the answer.
        """


class Downs(Protocol):
    def tried_back(self, order: Order, note: Callable[[str], None]) -> Tried:
        """What takes the order's new migrations back, tried on top of its base: their down.sql, or
        a draft where there is none. What cannot be known is said in the answer.
        """


class Prisma(Protocol):
    """The Prisma command line. Both raise UsageError where it cannot be run."""

    @property
    def version(self) -> str: ...
    def sql_of(self, schemas: Mapping[str, str]) -> str:
        """The SQL that makes everything these schema files model, from nothing."""


class Fleets(Protocol):
    """The tenants of targets that are many databases. Safe for several threads."""

    def tenants(self, target: Target) -> tuple[Tenant, ...]:
        """As its source lists them now. Raises UsageError or PostgresError."""

    def connect(self, target: Target, tenant: Tenant) -> AbstractContextManager[Database]:
        """Open one. Raises PostgresError."""

    def back_up(self, target: Target, tenant: Tenant, note: Callable[[str], None]) -> BackupSummary:
        """Dump one's database, restore the dump elsewhere, compare. Raises BackupError."""

    def healthy(self, tenant: Tenant, query: str) -> bool:
        """Whether the query answers true there; it can change nothing. Raises PostgresError."""


class Runner(Protocol):
    """GitHub's runner: files to write to, and a log that understands commands."""

    def event(self) -> Event: ...
    def run(self, commit: str) -> Run: ...
    def summary(self, markdown: str) -> None: ...
    def output(self, name: str, value: str) -> None: ...
    def log(self, lines: str) -> None: ...
    def file(self, path: str, text: str) -> None:
        """Write a file for a later step. Raises UsageError if that cannot be done."""


@dataclass(frozen=True)
class World:
    """`github` and `runner` are None at a terminal that has neither. `sizes` reads those that the
    configuration names a file for; None if it names none, or the file is not there. `seed` is the
    text of the seed script, if there is one; `text_of` that of a file below the checkout's top.
    `calendar` is what an iCalendar file there has on at a moment and soon after: it raises
    UsageError.
    `installed_from` says which commit of which repository this bot is, if anything does. `clean`
    strikes secrets out, for what is written neither to the console nor to GitHub."""

    settings: Settings
    console: Console
    checkout: Checkout
    connect: Callable[[Target], AbstractContextManager[Database]]
    backups: Backups
    files: Files
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    environ: Mapping[str, str] = field(default_factory=dict)
    sizes: Callable[[], Sizes | None] = lambda: None
    seed: Callable[[], str | None] = lambda: None
    github: GitHub | None = None
    runner: Runner | None = None
    notifier: Notifier | None = None
    sealer: Sealer | None = None
    trials: Trials | None = None
    rehearsals: Rehearsals | None = None
    prisma: Prisma | None = None
    project: ProjectPrisma | None = None
    shadows: Shadows | None = None
    fleets: Fleets | None = None
    log: RolloutLog = field(default_factory=NoLog)
    telemetry: Telemetry = field(default_factory=NoTelemetry)
    heart: Heart = field(default_factory=Heart)
    schemas: Schemas | None = None
    downs: Downs | None = None
    restoring: Restoring | None = None
    development: Development | None = None
    hooks: HookRunner | None = None
    resetting: Resetting | None = None
    text_of: Callable[[str], str | None] = lambda path: None
    calendar: Callable[[str, ZoneInfo, datetime], tuple[Span, ...]] = lambda path, zone, at: ()
    installed_from: Callable[[], str | None] = lambda: None
    examiner: Examiner | None = None
    clean: Callable[[str], str] = lambda text: text
