"""Writing down a rollout when it is over, as a file and as a row; that changes nothing of it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from bot import __version__
from bot.core.approvals.approval import Opinion
from bot.core.github.pull import Pull
from bot.core.rollouts.audit import Leave, Rollout, Sealed, Trigger, leaves_of, record_of
from bot.core.rollouts.outcome import Journal
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.progress import Progress
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import Target
from bot.errors import BotError, GitHubError, PostgresError
from bot.world import World

AUDIT_VARIABLE = "MIGRATION_BOT_AUDIT"
_APPROVED = "APPROVED"


@dataclass(frozen=True)
class Audited:
    """What is known of a rollout when it is over. `error` is what ended it, if anything did."""

    target: Target
    plan: Plan
    progress: Progress
    journal: Journal
    commit: str = ""
    pulls: Sequence[Pull] = ()
    error: BotError | None = None

    @property
    def pending(self) -> Plan:
        """The plan that was made under the lock, if it came so far."""
        return self.journal.plan or self.plan

    @property
    def begun(self) -> bool:
        """Whether anything of the target may have been changed."""
        return self.journal.begun is not None


def keep_audit(audited: Audited, world: World) -> None:
    """A rollout that had nothing to apply is none. One that did not begin leaves the target as it
    was, and so without a row."""
    path = world.environ.get(AUDIT_VARIABLE, "")
    rows = audited.target.audit_rows and audited.begun and audited.target.fleet is None
    if world.sealer is None or not audited.pending.pending or not (path or rows):
        return
    try:
        sealed = world.sealer.seal(record_of(_rollout(audited, world)))
    except BotError as error:
        world.console.say(f"not written down: {error.message} {error.hint}")
        return
    if sealed.signature is None:
        world.console.say("The audit record is not signed: MIGRATION_BOT_AUDIT_KEY is not set.")
    if rows:
        keep_row(sealed, audited.target, world)
    if path:
        keep_file(sealed, path, world)


def keep_row(sealed: Sealed, target: Target, world: World) -> None:
    try:
        with world.connect(target) as database:
            database.keep_record(sealed)
    except BotError as error:
        world.console.say(f"no audit row in {target.name}: {error.message}")


def keep_file(sealed: Sealed, path: str, world: World) -> None:
    try:
        if world.runner is not None:
            world.runner.file(path, sealed.to_json())
            # The action's next step keeps what is there.
            world.runner.output("audit", path)
        else:
            world.files.write(path, sealed.to_json() + "\n")
    except BotError as error:
        world.console.say(f"no audit file: {error.message} {error.hint}")


def _rollout(audited: Audited, world: World) -> Rollout:
    run = world.runner.run(audited.commit) if world.runner else None
    known = _known_approvals(audited, world) if audited.progress.gates else ()
    return Rollout(
        id=str(uuid4()),
        progress=audited.progress,
        at=world.now(),
        version=__version__,
        commit=audited.commit,
        repository=run.repository_url if run else "",
        trigger=trigger_of(audited.commit, world),
        pending=audited.pending.pending,
        approvals=leaves_of(audited.progress.gates, known),
        server=_server(audited.target, world),
        code=int(audited.error.exit_code) if audited.error else 0,
        backwards=audited.plan.backwards,
    )


def trigger_of(commit: str, world: World) -> Trigger:
    if world.runner is None:
        return Trigger(login=world.environ.get("USER", ""), event="terminal")
    event, run = world.runner.event(), world.runner.run(commit)
    sender = event.payload.get("sender")
    login = sender.get("login", "") if isinstance(sender, dict) else ""
    return Trigger(str(login), event.name, run.url, run.attempt)


def _known_approvals(audited: Audited, world: World) -> tuple[Leave, ...]:
    """When and for which commit each was given; GitHub is asked again, and may be down by now."""
    if world.github is None:
        return ()
    with suppress(GitHubError):
        facts = [(pull, world.github.facts(pull, {})) for pull in audited.pulls]
        return tuple(
            Leave(opinion.login, pull.number, opinion.commit, opinion.at)
            for pull, each in facts
            for opinion in _latest(each.opinions, each.head)
        )
    return ()


def _latest(opinions: Sequence[Opinion], head: str) -> tuple[Opinion, ...]:
    """Of each who approved the head, the newest approval of it."""
    given = sorted(opinions, key=lambda each: each.at)
    newest = {each.login: each for each in given if each.state == _APPROVED and each.commit == head}
    return tuple(newest.values())


def _server(target: Target, world: World) -> ServerFacts | None:
    if target.fleet is not None:
        return None
    with suppress(PostgresError), world.connect(target) as database:
        return database.facts()
    return None
