"""Keeping the one status comment of a pull request: what it shows, and writing it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.core.approvals.approval_policy import ApprovalPolicy
from bot.core.findings.review import Review
from bot.core.findings.risk import Risk, risk_of_review
from bot.core.gates.approval import counted
from bot.core.github.deployment import Deployment, progress_of
from bot.core.github.marker import database_key, whole_key
from bot.core.github.pull import Comment, Pull
from bot.core.github.sticky import decide, of_key
from bot.core.migrations.history import History
from bot.core.migrations.migration import Migration
from bot.core.rollouts.progress import Progress, State
from bot.core.targets.target import Target
from bot.flows.gating.approvals import facts_of, stale_of, triggerers_of
from bot.flows.gating.gates import gates_ahead
from bot.flows.reviewing.review import review_named
from bot.flows.telling.commands import commands_told
from bot.flows.telling.shared_comment import keep_shared_comment
from bot.flows.telling.told import Told, carry_out
from bot.report.comment.comment import read_marker, render_comment
from bot.report.comment.parts import read_parts
from bot.report.report import Report
from bot.world import World


def names_in(pull: Pull, history: History) -> tuple[str, ...]:
    """The migrations of the history whose script a pull request touches, in order."""
    touched = set(pull.files)
    return tuple(each.name for each in history.migrations if each.path in touched)


def report_on(
    pull: Pull, review: Review, world: World, *, commit: str, known: Iterable[Progress] = ()
) -> Report:
    """Everything the comment shows. `known` are the targets this run has news of itself."""
    assert world.github is not None
    assert world.runner is not None
    migrations = [judged.migration for judged in review.migrations]
    risk = risk_of_review(review)
    strictest = _strictest(risk, world)
    policy = strictest.approval if strictest else ApprovalPolicy()
    facts = facts_of(pull, migrations, world, policy)
    # Who started this run started no rollout of what is not merged.
    started = triggerers_of(world) if pull.merged else frozenset()
    approvals = counted(strictest, facts, risk=risk, triggerers=started) if strictest else ()
    return Report(
        review=review,
        targets=_targets(pull, migrations, world, known),
        approvals=approvals,
        stale=stale_of(facts, migrations, world),
        needed=policy.need(risk).count,
        run=world.runner.run(commit),
        pull=pull.number,
        merged=pull.merged,
        commands=commands_told(pull.number, world),
        database=world.settings.database,
    )


def report_after_merge(pull: Pull, world: World, *, known: Iterable[Progress] = ()) -> Report:
    """The report on a merged pull request, judged again as it was when it came in."""
    history = world.checkout.history()
    review = review_named(names_in(pull, history), history, world)
    return report_on(pull, review, world, commit=pull.head, known=known)


def finished(report: Report) -> bool:
    """Whether the rollout is over, so that a comment on it has everything there was to say."""
    return all(each.state is State.APPLIED for each in report.targets)


def keep_comment(
    report: Report, world: World, *, news: bool = True, rollout: Progress | None = None
) -> None:
    """Write the comment, rewrite it, or leave it; exactly one remains.

    Without `news` it is left as it is if it shows the same state: an earlier run has more to say
    of how that was reached. `rollout` is what this very run did to a target: that is told even if a
    newer run has written meanwhile, unless somebody rolled out to that target after it.
    Raises GitHubError.
    """
    keep_comments([Told(report, world, news=news, rollout=rollout)])


def keep_comments(told: Sequence[Told]) -> None:
    """As `keep_comment`, of several databases: in one comment on all of them, or in one for each,
    as is configured. Raises GitHubError."""
    keep_shared_comment([each for each in told if each.world.settings.shares_comment])
    for each in told:
        if not each.world.settings.shares_comment:
            _keep_own(each)


def _keep_own(told: Told) -> None:
    report, world = told.report, told.world
    assert world.github is not None
    assert report.pull is not None
    key = comment_key(report, world)
    existing = world.github.own_comments(report.pull)
    report = replace(report, rehearsed=_rehearsed_in(existing, key))
    body = render_comment(report, key)
    marker = read_marker(body)
    assert marker is not None, "our own comment has a marker"
    decision = decide(
        existing,
        body,
        marker,
        read=read_marker,
        same=told.same,
        wanted=told.wanted,
        overrules=told.overrules,
    )
    gone = (*decision.delete, *_replaced(existing, key, told))
    carry_out(replace(decision, delete=gone), body, marker, told)


def _replaced(existing: Sequence[Comment], key: str, told: Told) -> Iterator[int]:
    """A comment on several databases, once each of them has one of its own."""
    assert told.report.run is not None
    shared = whole_key(told.report.run.repository_url)
    marks = {each.id: read_marker(each.body) for each in existing}
    own = {key, *(mark.key for mark in marks.values() if mark is not None)}
    for each in existing:
        mark = marks[each.id]
        inside = {part.marker.key for part in read_parts(each.body)}
        if mark is not None and mark.key == shared and inside <= own:
            yield each.id


def _rehearsed_in(existing: Sequence[Comment], key: str) -> int:
    """The run that our newest comment says has rehearsed the migrations: a link, and no more."""
    mine = [mark for _, mark in of_key(existing, key, read=read_marker)]
    return max(mine, key=lambda each: each.order).rehearsed if mine else 0


def comment_key(report: Report, world: World) -> str:
    """Tells the comment of this repository's database from any other's."""
    assert report.run is not None
    if world.settings.shares_comment:
        return whole_key(report.run.repository_url)
    return database_key(report.run.repository_url, world.settings.folder)


def _targets(
    pull: Pull, migrations: Sequence[Migration], world: World, known: Iterable[Progress]
) -> tuple[Progress, ...]:
    """How far each is; of those that have not begun, the gates that are ahead."""
    assert world.github is not None
    texts = {each.name: each.checksum for each in migrations}
    pulls = dict.fromkeys(texts, pull)
    news = {each.target: each for each in known}
    shown = (
        (target, news.get(target.name) or progress_of(target, _recorded(target, world), texts))
        for target in world.settings.rollout_order
    )
    return tuple(
        replace(
            each,
            environment_url=target.environment_url,
            gates=gates_ahead(target, migrations, world, pulls=pulls)
            if migrations and each.state is State.WAITING
            else each.gates,
        )
        for target, each in shown
    )


def _recorded(target: Target, world: World) -> Iterable[Deployment]:
    assert world.github is not None
    return world.github.deployments(target.name)


def _strictest(risk: Risk, world: World) -> Target | None:
    """The target that asks for the most approvals: its rules decide which of them count."""
    return max(
        world.settings.rollout_order, key=lambda each: each.approval.need(risk).count, default=None
    )
