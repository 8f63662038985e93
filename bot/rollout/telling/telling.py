"""Telling of a rollout as it goes on: to whoever reads along, and line by line to machines."""

import os
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from bot import __version__
from bot.core.drift.drift import Drift
from bot.core.gates.gate import Gate
from bot.core.rollouts.outcome import Journal, Outcome
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.progress import BackupSummary, Check
from bot.core.rollouts.rollout_log import Event, Value, document
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import Target
from bot.errors import BotError
from bot.world import Database, World


class Telling:
    """One rollout, from its beginning to its end. What cannot be told never harms it."""

    def __init__(self, target: Target, world: World) -> None:
        self.target = target
        self.world = world
        self._run = uuid4().hex[:12]
        self._waiting_since: datetime = world.now()

    def write(self, event: Event, **fields: Value) -> None:
        """A line of the log that machines read, and those who observe."""
        log, telemetry = self.world.log, self.world.telemetry
        if not self.wanted:
            return
        at, name = self.world.now(), self.target.name
        line = document(event, at=at, run=self._run, target=name, fields=fields)
        if log.wanted:
            log.write(line)
        if telemetry.wanted:
            telemetry.heard(line)

    @property
    def wanted(self) -> bool:
        """Whether anybody reads the lines."""
        return self.world.log.wanted or self.world.telemetry.wanted

    def say(self, text: str) -> None:
        self.world.console.say(text)

    def started(self) -> None:
        """Raises UsageError if a log is asked for that cannot be written."""
        self.world.log.open()
        self.write(Event.STARTED, version=__version__, pid=os.getpid())

    def connected(self, facts: ServerFacts, database: Database) -> None:
        self._waiting_since = self.world.now()
        if self.wanted:
            backend, _ = database.session()
            version, name = facts.version, facts.database
            self.write(Event.CONNECTED, server=version, database=name, backend=backend)

    def waiting_for_lock(self, text: str) -> None:
        self.say(text)
        self.write(Event.LOCK_WAIT, message=text)

    def lost(self, error: BotError, seconds: float) -> None:
        """There is no connection; it is tried again after so many seconds."""
        self.say(f"{error.message} I try again, and go on where it stopped.")
        self.write(Event.RECONNECT, message=error.message, seconds=seconds)

    def waiting_for_replicas(self, text: str, migration: str = "") -> None:
        self.say(text)
        self.write(Event.REPLICA_WAIT, migration=migration, message=text)

    def locked(self) -> None:
        waited = (self.world.now() - self._waiting_since).total_seconds()
        self.write(Event.LOCKED, seconds=round(waited, 3))

    def planned(self, plan: Plan) -> None:
        self.write(
            Event.PLAN,
            pending=[each.name for each in plan.pending],
            interrupted=list(plan.interrupted),
            applied=len(plan.applied),
            digest=plan.digest,
            agrees=plan.agrees,
        )

    def asked(self, gates: Sequence[Gate]) -> None:
        for gate in gates:
            self.write(Event.GATE, gate=gate.name, open=gate.open, reason=gate.reason)

    def looked_for_drift(self, drift: Drift) -> None:
        self.write(
            Event.DRIFT,
            mode=drift.mode.value,
            looked=not drift.unknown,
            reason=drift.unknown,
            differences=list(drift.lines),
            more=drift.more,
            seconds=round(drift.seconds, 3),
        )

    def verified(self, checks: Sequence[Check]) -> None:
        for each in checks:
            self.write(Event.VERIFY, what=each.what, fine=each.fine, message=each.message)

    def backed_up(self, backup: BackupSummary | None) -> None:
        if backup is not None:
            self.write(
                Event.BACKUP,
                id=backup.id,
                size=backup.size,
                seconds=round(backup.seconds, 3),
                proof=backup.proof,
            )

    def stopped(self, error: BotError, journal: Journal) -> None:
        self.write(
            Event.STOPPED,
            code=int(error.exit_code),
            error=type(error).__name__,
            message=error.message,
            hint=error.hint,
            migration=journal.stopped_at,
            applied=[each.name for each in journal.applied],
        )

    def done(self, outcome: Outcome) -> None:
        applied = [each.name for each in outcome.applied]
        self.write(Event.DONE, applied=applied, seconds=round(outcome.seconds, 3))
