"""A rollout told to GitHub: deployments, the comment, the job's summary; the database decides."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.counting import count
from bot.core.gates.settled import settled
from bot.core.github.deployment import NOT_VERIFIED, Deployment, overtaken, unrecorded
from bot.core.github.pull import Pull
from bot.core.rollouts.outcome import Journal
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.progress import Progress, State
from bot.core.targets.fleet import Shard
from bot.core.targets.target import Target
from bot.errors import BotError, GateClosed, GitHubError
from bot.flows.fleets.rolling import roll_out_shown
from bot.flows.gating.approvals import pulls_of
from bot.flows.targets.rollout import order_for, plan_for
from bot.flows.telling.audit import Audited, keep_audit
from bot.flows.telling.comment import keep_comment, names_in, report_after_merge
from bot.flows.telling.notify import notify
from bot.rollout.procedure import roll_out
from bot.world import World


@dataclass
class Teller:
    """Tells GitHub how far a rollout is, and never lets GitHub change what happens to it.

    `failed` is the first refusal; it is raised when the work is done. A run that had nothing to
    apply has no news: then only a comment that shows another state is rewritten.
    """

    world: World
    target: Target
    commit: str
    plan: Plan
    pulls: Sequence[Pull] = ()
    failed: GitHubError | None = None

    def tell(self, progress: Progress) -> None:
        """A run that was overtaken fails, and has nothing to say of what a newer one has done."""
        if progress.state is State.FAILED and self._overtaken():
            self.world.console.say("overtaken: a newer run has applied what this one brings")
            return
        self.notify(progress)
        if self.world.github is None:
            return
        if self.plan.pending:
            texts = {each.name: each.checksum for each in self.plan.pending}
            self._try(lambda: self._announce(progress, texts, _note(progress)))
        self.comment(progress)

    def _overtaken(self) -> bool:
        github = self.world.github
        try:
            return github is not None and overtaken(self.plan, github.deployments(self.target.name))
        except GitHubError:
            return False

    def notify(self, progress: Progress) -> None:
        run = self.world.runner.run(self.commit) if self.world.runner else None
        notify(
            progress,
            self.world,
            pending=tuple(each.name for each in self.plan.pending),
            pulls=tuple(each.number for each in self.pulls),
            run=run,
            backwards=self.plan.backwards,
        )

    def audited(
        self, progress: Progress, journal: Journal, error: BotError | None = None
    ) -> Audited:
        return Audited(self.target, self.plan, progress, journal, self.commit, self.pulls, error)

    def find_pulls(self) -> None:
        """Look for the pull requests whose comments this rollout is news for."""

        def find() -> None:
            self.pulls = _pulls(self.plan, self.commit, self.world)

        self._try(find)

    def comment(self, progress: Progress) -> None:
        for pull in self.pulls:
            # mypy types no lambda with a default.
            self._try(lambda pull=pull: self._comment(pull, progress))  # type: ignore[misc]

    def make_up_for(self, progress: Progress) -> None:
        """Record what is applied and was never recorded, because an earlier run came to grief.

        Without it the next target would wait for it forever.
        """
        github = self.world.github
        if github is None:
            return

        def record() -> None:
            history = self.world.checkout.history()
            names = {name for pull in self.pulls for name in names_in(pull, history)}
            known = github.deployments(self.target.name)
            texts = unrecorded(self.plan, history.migrations, known, names)
            if texts:
                self._announce(progress, texts, "Applied earlier, recorded now")

        self._try(record)

    def keep(self, journal: Journal) -> None:
        """Record what a rollout that stopped has applied before: that stays."""
        texts = {each.name: each.checksum for each in self.plan.pending}
        done = {each.name: texts[each.name] for each in journal.applied if each.name in texts}
        if done and len(done) < len(texts):
            here = Progress(self.target.name, self.target.kind, State.APPLIED)
            self._try(lambda: self._announce(here, done, "Applied before the rollout stopped"))

    def taken_back(self, progress: Progress, names: Collection[str]) -> None:
        """Tell of migrations that were rolled back: of each its newest deployment counts."""
        here = replace(progress, state=State.ROLLED_BACK, migrations=tuple(names))
        texts = {each.name: each.checksum for each in self.plan.pending if each.name in names}
        if self.world.github is None:
            return
        self._try(lambda: self._announce(here, texts, _note_back(here)))
        self.comment(here)

    def _announce(self, progress: Progress, texts: Mapping[str, str], note: str) -> None:
        assert self.world.github is not None
        self.world.github.announce(
            Deployment(
                target=self.target.name,
                commit=self.commit,
                state=progress.state,
                at=self.world.now(),
                texts=texts,
                note=note,
                digest=self.plan.digest if self.plan.pending else None,
                run_url=progress.run_url,
                environment_url=self.target.environment_url,
                kind=self.target.kind,
            )
        )

    def _comment(self, pull: Pull, progress: Progress) -> None:
        news = bool(self.plan.pending) or progress.state is not State.APPLIED
        report = report_after_merge(pull, self.world, known=[progress] if news else [])
        keep_comment(report, self.world, news=news, rollout=progress if news else None)

    def _try(self, telling: Callable[[], None]) -> None:
        try:
            telling()
        except GitHubError as error:
            self.failed = self.failed or error
            self.world.console.say(f"not told to GitHub: {error.message}")


def deploy(
    target: Target,
    commit: str,
    world: World,
    *,
    shard: Shard | None = None,
    expect_digest: str | None = None,
    news: Callable[[Progress], None] = lambda stopped: None,
) -> Progress:
    """Apply a target's plan and tell GitHub before, after, and when it fails.

    `expect_digest` is that of the plan which was foretold, and shown to whoever let this run; with
    nothing pending any more, nothing is left to compare. Of a fleet it may be the first shard, that
    of the waves before the last: then the rollout goes on elsewhere, and its end is told there.

    `news` hears of a rollout that was stopped.
    Raises what the rollout raises; else GitHubError, if it is done and GitHub was not told.
    """
    run_url = world.runner.run(commit).url if world.runner else None
    here = Progress(target.name, target.kind, State.APPLYING, at=world.now(), run_url=run_url)
    try:
        plan, gates = plan_for(target, world)
    except BotError as error:
        _tell_without_plan(here, error, target, commit, world)
        raise
    teller = Teller(world, target, commit, plan)
    teller.find_pulls()
    here = replace(here, digest=plan.digest, gates=gates)
    if plan.pending:
        teller.tell(here)
    foretold = expect_digest if plan.pending else None
    order = order_for(target, world, expect_digest=foretold or plan.digest)
    try:
        done = (
            roll_out_shown(target, world, shard=shard, expect_digest=foretold)
            if target.fleet is not None
            else roll_out(order, world).progress(target)
        )
    except BotError as error:
        ended = stopped(here, error, order.journal, target, world)
        keep_audit(teller.audited(ended, order.journal, error), world)
        news(ended)
        teller.tell(ended)
        teller.keep(order.journal)
        raise
    done = replace(done, run_url=run_url)
    keep_audit(teller.audited(done, order.journal), world)
    if shard is not None:
        return done
    teller.make_up_for(done)
    teller.tell(done)
    if teller.failed is not None:
        raise teller.failed
    return done


def _tell_without_plan(
    here: Progress, error: BotError, target: Target, commit: str, world: World
) -> None:
    """The target, or GitHub, did not answer: no rollout was begun, so none is recorded."""
    teller = Teller(world, target, commit, Plan(target.name))
    teller.find_pulls()
    ended = stopped(here, error, Journal(), target, world)
    teller.notify(ended)
    teller.comment(ended)


def stopped(
    here: Progress, error: BotError, journal: Journal, target: Target, world: World
) -> Progress:
    """How a rollout stands that an error has ended."""
    return replace(
        here,
        state=State.CLOSED if isinstance(error, GateClosed) else State.FAILED,
        at=world.now(),
        migrations=tuple(each.name for each in journal.applied),
        timings=tuple(journal.applied),
        failed=journal.stopped_at,
        gates=settled(
            journal.gates or here.gates,
            target,
            world.now(),
            found=journal.drift,
            taken=journal.backup,
        ),
        backup=journal.backup,
        message=_message(error, journal),
        hint=error.hint,
        drift=journal.drift,
        checks=journal.checks,
        notes=tuple(journal.notes),
    )


def _message(error: BotError, journal: Journal) -> str:
    """Without the differences that it lists, where they are told as drift."""
    said, _, listed = error.message.partition(":\n")
    return f"{said}." if listed and journal.drift and journal.drift.found else error.message


def _pulls(plan: Plan, commit: str, world: World) -> tuple[Pull, ...]:
    """The pull requests whose comments this rollout is news for."""
    if world.github is None:
        return ()
    found = {pull.number: pull for pull in pulls_of(plan.pending, world).values()}
    merged = world.github.pull_of(commit)
    if merged is not None:
        found.setdefault(merged.number, merged)
    return tuple(found.values())


def _note(progress: Progress) -> str:
    """The deployment status's one sentence: what matters first, for it may be cut."""
    if progress.state is not State.APPLIED:
        return progress.message.partition("\n")[0] or "Applying"
    what = count(len(progress.migrations), "migration")
    done = f"Applied {what} in {progress.seconds or 0:.1f} s{_overridden(progress)}"
    wrong = next((each.message for each in progress.checks if each.fine is False), None)
    if wrong is not None:
        return f"{NOT_VERIFIED}: {wrong} {done}"
    backup = f"; backup {progress.backup.id} {progress.backup.proof}" if progress.backup else ""
    return f"{done}{backup}"


def _note_back(progress: Progress) -> str:
    what = count(len(progress.migrations), "migration")
    backup = f"; backup {progress.backup.id} {progress.backup.proof}" if progress.backup else ""
    return f"Rolled back {what}{_overridden(progress)}{backup}"


def _overridden(progress: Progress) -> str:
    return "".join(
        f"; {gate.name} overridden {gate.overridden}" for gate in progress.gates if gate.overridden
    )
