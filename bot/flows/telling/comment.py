"""Keeping the one status comment of a pull request: what it shows, and writing it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.core.approval_policy import ApprovalPolicy
from bot.core.deployment import Deployment, progress_of
from bot.core.gates.approval import counted
from bot.core.history import History
from bot.core.marker import Marker, database_key
from bot.core.migration import Migration
from bot.core.progress import Progress, State
from bot.core.pull import Comment, Pull
from bot.core.review import Review
from bot.core.risk import Risk, risk_of_review
from bot.core.sticky import Decision, decide, of_key
from bot.core.target import Target
from bot.flows.gating.approvals import facts_of, stale_of, triggerers_of
from bot.flows.gating.gates import gates_ahead
from bot.flows.reviewing.review import review_named
from bot.flows.telling.commands import commands_told
from bot.report.comment import read_marker, render_comment, same_but_for_time, same_state
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
    assert world.github is not None
    assert report.pull is not None
    key = comment_key(report, world)
    existing = world.github.own_comments(report.pull)
    report = replace(report, rehearsed=_rehearsed_in(existing, key))
    body = render_comment(report, key)
    marker = read_marker(body)
    assert marker is not None, "our own comment has a marker"
    # That there is nothing to say is said once.
    wanted = bool(report.review.migrations or report.review.findings)
    decision = decide(
        existing,
        body,
        marker,
        read=read_marker,
        same=same_but_for_time if news and wanted else same_state,
        wanted=wanted,
        overrules=rollout is not None and _is_newest(rollout, report, world),
    )
    _carry_out(decision, report, body, marker, world)


def _carry_out(decision: Decision, report: Report, body: str, marker: Marker, world: World) -> None:
    assert world.github is not None
    assert report.pull is not None
    pull = report.pull
    if decision.create:
        world.github.create_comment(pull, body, mine=lambda text: _same_key(text, marker))
    if decision.edit is not None:
        world.github.edit_comment(pull, decision.edit, body)
    for double in decision.delete:
        world.github.delete_comment(pull, double)


def _rehearsed_in(existing: Sequence[Comment], key: str) -> int:
    """The run that our newest comment says has rehearsed the migrations: a link, and no more."""
    mine = [mark for _, mark in of_key(existing, key, read=read_marker)]
    return max(mine, key=lambda each: each.order).rehearsed if mine else 0


def _is_newest(rollout: Progress, report: Report, world: World) -> bool:
    """Whether nobody has rolled the same migrations out to the same target since."""
    assert world.github is not None
    texts = {each.migration.name: each.migration.checksum for each in report.review.migrations}
    target = world.settings.target(rollout.target)
    known = progress_of(target, world.github.deployments(target.name), texts)
    if known.at is None or rollout.at is None or known.run_url == rollout.run_url:
        return True
    return known.at <= rollout.at


def comment_key(report: Report, world: World) -> str:
    """Tells the comment of this repository's database from any other's."""
    assert report.run is not None
    return database_key(report.run.repository_url, world.settings.folder)


def _same_key(body: str, marker: Marker) -> bool:
    found = read_marker(body)
    return found is not None and found.key == marker.key


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
