"""What people who do not watch are told of a rollout: which moments, and the facts of each."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.drift.look import Look
from bot.core.gates.gate import Gate, closed
from bot.core.github.issue import Deed
from bot.core.github.run import Run
from bot.core.rollouts.progress import Progress, State
from bot.core.targets.target import Kind


class Moment(StrEnum):
    STARTED = "started"
    APPLIED = "applied"
    FAILED = "failed"
    WAITING = "waiting"
    """A gate is closed; nothing was touched."""
    OVERRIDDEN = "overridden"
    """Somebody opened a gate in spite of its reason."""
    DRIFT = "drift"
    DRIFT_GONE = "drift_gone"
    """A target that had drifted is what its migrations make again."""
    ROLLED_BACK = "rolled_back"
    """What was applied was taken back."""


class Channel(StrEnum):
    SLACK = "slack"
    TEAMS = "teams"
    WEBHOOK = "webhook"


@dataclass(frozen=True)
class Sink:
    """Somewhere to tell. The variables named hold its address and, for a webhook, the secret that
    its messages are signed with. `targets` are those it hears of; empty for all."""

    channel: Channel
    url_env: str
    secret_env: str | None = None
    moments: frozenset[Moment] = frozenset(Moment)
    targets: frozenset[str] = frozenset()

    def wants(self, notification: "Notification") -> bool:
        heard_of = not self.targets or notification.target in self.targets
        return heard_of and notification.moment in self.moments


@dataclass(frozen=True)
class Notification:
    """`gates` are those the moment is about: the closed, or the overridden. `repository` is its
    page, and `commit` what was rolled out; "" where nobody knows. `backwards` says that it is of a
    rollback."""

    moment: Moment
    target: str
    kind: Kind
    at: datetime
    migrations: tuple[str, ...] = ()
    digest: str | None = None
    seconds: float | None = None
    failed: str | None = None
    message: str = ""
    hint: str = ""
    gates: tuple[Gate, ...] = ()
    drift: tuple[str, ...] = ()
    pulls: tuple[int, ...] = ()
    commit: str = ""
    repository: str = ""
    run_url: str = ""
    backwards: bool = False

    @property
    def id(self) -> str:
        """The same for the same moment of the same run, so that a receiver knows a double."""
        parts = (self.moment, self.target, self.digest or "", self.run_url, self.at.isoformat())
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def notifications_of(
    progress: Progress,
    *,
    pending: Collection[str],
    at: datetime,
    pulls: tuple[int, ...] = (),
    run: Run | None = None,
    backwards: bool = False,
) -> Iterator[Notification]:
    """What there is to tell when a rollout has reached this far. A run that had nothing to do, and
    found nothing, has nothing to tell."""
    for moment in _moments(progress, pending):
        yield Notification(
            moment=moment,
            target=progress.target,
            kind=progress.kind,
            at=progress.at or at,
            migrations=progress.migrations or tuple(pending),
            digest=progress.digest,
            seconds=progress.seconds,
            failed=progress.failed,
            message=progress.message,
            hint=progress.hint,
            gates=_gates(moment, progress),
            drift=progress.drift.lines if progress.drift and moment is Moment.DRIFT else (),
            pulls=pulls,
            commit=run.commit if run else "",
            repository=run.repository_url if run else "",
            run_url=progress.run_url or (run.url if run else ""),
            backwards=backwards,
        )


def notification_of_drift(look: Look, deed: Deed, *, run: Run | None) -> Notification | None:
    """What there is to tell of a look, once for each change: `deed` is what became of the issue
    that remembers the last one."""
    if deed is Deed.NOTHING:
        return None
    gone = deed is Deed.CLOSE
    return Notification(
        moment=Moment.DRIFT_GONE if gone else Moment.DRIFT,
        target=look.target,
        kind=look.kind,
        at=look.at,
        hint="" if gone else f"`migration-bot drift {look.target}` drafts what settles it.",
        drift=tuple(each.line for each in look.deviations.told),
        commit=run.commit if run else "",
        repository=run.repository_url if run else "",
        run_url=run.url if run else "",
    )


def _moments(progress: Progress, pending: Collection[str]) -> Iterator[Moment]:
    state = progress.state
    if state is State.APPLYING:
        if pending:
            yield Moment.STARTED
        return
    if state is State.APPLIED and progress.migrations:
        yield Moment.APPLIED
    if state is State.ROLLED_BACK and progress.migrations:
        yield Moment.ROLLED_BACK
    if state is State.FAILED:
        yield Moment.FAILED
    if state is State.CLOSED:
        yield Moment.WAITING
    if any(gate.overridden for gate in progress.gates) and (pending or progress.migrations):
        yield Moment.OVERRIDDEN
    if progress.drift is not None and progress.drift.lines:
        yield Moment.DRIFT


def _gates(moment: Moment, progress: Progress) -> tuple[Gate, ...]:
    if moment is Moment.WAITING:
        return closed(progress.gates)
    if moment is Moment.OVERRIDDEN:
        return tuple(gate for gate in progress.gates if gate.overridden)
    return ()
