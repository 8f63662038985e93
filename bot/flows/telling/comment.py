"""Keeping the one status comment of a pull request: what it shows, and writing it."""

from collections.abc import Iterable, Sequence

from bot.core.approval_policy import ApprovalPolicy
from bot.core.deployment import progress_of
from bot.core.gates.approval import counted
from bot.core.history import History
from bot.core.marker import Marker, database_key
from bot.core.progress import Progress, State
from bot.core.pull import Pull
from bot.core.review import Review
from bot.core.risk import Risk, risk_of_review
from bot.core.sticky import decide
from bot.core.target import Target
from bot.flows.gating.approvals import facts_of, stale_of, triggerers_of
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
        targets=_targets([each.name for each in migrations], world, known),
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


def keep_comment(report: Report, world: World, *, news: bool = True) -> None:
    """Write the comment, rewrite it, or leave it; exactly one remains.

    Without `news` it is left as it is if it shows the same state: an earlier run has more to say
    of how that was reached. Raises GitHubError.
    """
    assert world.github is not None
    assert report.pull is not None
    key = comment_key(report, world)
    body = render_comment(report, key)
    marker = read_marker(body)
    assert marker is not None, "our own comment has a marker"
    decision = decide(
        world.github.own_comments(report.pull),
        body,
        marker,
        read=read_marker,
        same=same_but_for_time if news else same_state,
        wanted=bool(report.review.migrations or report.review.findings),
    )
    if decision.create:
        world.github.create_comment(report.pull, body, mine=lambda text: _same_key(text, marker))
    if decision.edit is not None:
        world.github.edit_comment(report.pull, decision.edit, body)
    for double in decision.delete:
        world.github.delete_comment(report.pull, double)


def comment_key(report: Report, world: World) -> str:
    """Tells the comment of this repository's database from any other's."""
    assert report.run is not None
    return database_key(report.run.repository_url, world.settings.folder)


def _same_key(body: str, marker: Marker) -> bool:
    found = read_marker(body)
    return found is not None and found.key == marker.key


def _targets(names: Sequence[str], world: World, known: Iterable[Progress]) -> tuple[Progress, ...]:
    assert world.github is not None
    news = {each.target: each for each in known}
    return tuple(
        news.get(target.name) or progress_of(target, world.github.deployments(target.name), names)
        for target in world.settings.rollout_order
    )


def _strictest(risk: Risk, world: World) -> Target | None:
    """The target that asks for the most approvals: its rules decide which of them count."""
    return max(
        world.settings.rollout_order, key=lambda each: each.approval.need(risk).count, default=None
    )
