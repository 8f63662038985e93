"""What the approval gate asks for: the pull requests, their people, and who started this rollout.

Nothing that may change is kept: what somebody thinks, and what they may do, is asked again each
time, so that the gate under the lock knows what is true then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.core.approvals.approval import (
    Opinion,
    PullFacts,
    Reviewer,
    StaleApproval,
    owner_teams,
    stale_approvals,
    standing_approvals,
)
from bot.core.approvals.approval_policy import ApprovalPolicy
from bot.core.approvals.codeowners import owners_of
from bot.core.findings.risk import Risk, risk_of
from bot.core.gates.approval import Asked, approval_gate
from bot.core.gates.gate import Gate
from bot.core.github.event import CHECKING_EVENTS
from bot.core.github.pull import Pull
from bot.core.migrations.migration import Migration, checksum_of
from bot.core.rollouts.text_difference import sentences, statement_changes
from bot.core.targets.target import Target
from bot.errors import GitHubError
from bot.flows.gating.said import opinions_said
from bot.flows.reviewing.review import review_named
from bot.world import World

RERUN_VARIABLE = "GITHUB_TRIGGERING_ACTOR"


def approval_of(
    target: Target,
    pending: Sequence[Migration],
    world: World,
    *,
    pulls: Mapping[str, Pull] | None = None,
) -> Gate:
    """The approval gate of what is pending, from facts as they are now. `pulls` are the pull
    requests that bring it, where the history does not know them yet."""
    policy = target.approval
    if not policy.most:
        return approval_gate(target, pending, None)
    asked = Asked(
        risks=risks_of(pending, world) if policy.varies else {},
        triggerers=triggerers_of(world),
    )
    if world.github is None:
        return approval_gate(target, pending, None, asked)
    pulls = pulls_of(pending, world) if pulls is None else pulls
    facts = _facts_by_name(pulls, pending, world, policy)
    gate = approval_gate(target, pending, facts, asked)
    if gate.open:
        return gate
    stale = {each.number: stale_of(each, pending, world) for each in facts.values()}
    return approval_gate(target, pending, facts, replace(asked, stale=stale))


def risks_of(pending: Sequence[Migration], world: World) -> dict[str, Risk]:
    """What is pending alone is judged, on top of the rest of the history."""
    names = [each.name for each in pending]
    review = review_named(names, world.checkout.history(), world)
    return {each.migration.name: risk_of(each) for each in review.migrations}


def triggerers_of(world: World) -> frozenset[str]:
    """Who started this rollout: the event's sender, and who ran an earlier run again. Nobody where
    it is not started by an event, or nothing is to be rolled out."""
    if world.runner is None:
        return frozenset()
    event = world.runner.event()
    if event.name in CHECKING_EVENTS:
        return frozenset()
    sender = event.payload.get("sender")
    started = sender.get("login") if isinstance(sender, Mapping) else None
    return frozenset(str(each) for each in (started, world.environ.get(RERUN_VARIABLE)) if each)


def pulls_of(migrations: Sequence[Migration], world: World) -> dict[str, Pull]:
    """The pull request that brought each migration; those pushed without one are left out."""
    if world.github is None:
        return {}
    by_commit: dict[str, Pull | None] = {}
    found: dict[str, Pull] = {}
    for migration in migrations:
        commit = world.checkout.added_by(migration.name)
        if commit is None:
            continue
        if commit not in by_commit:
            by_commit[commit] = world.github.pull_of(commit)
        pull = by_commit[commit]
        if pull is not None:
            found[migration.name] = pull
    return found


def facts_of(
    pull: Pull, migrations: Sequence[Migration], world: World, policy: ApprovalPolicy
) -> PullFacts:
    """What the gate must know of one pull request, about the migrations that it brought."""
    assert world.github is not None
    known = world.github.facts(pull, {each.name: each.path for each in migrations})
    opinions = (*known.opinions, *opinions_said(pull, world))
    text = world.github.codeowners(pull) if policy.codeowners else ""
    owners = {each.name: owners_of(text, each.path) for each in migrations}
    teams = dict.fromkeys([*policy.teams, *owner_teams(_all(owners))])
    unread: dict[str, str] = {}
    shown = bool(known.unmatched) or any(not each.startswith("@") for each in _all(owners))
    current = [each for each in standing_approvals(opinions) if each.commit == known.head]
    reviewers = tuple(_reviewer(each, teams, unread, world, profile=shown) for each in current)
    return replace(known, opinions=opinions, reviewers=reviewers, owners=owners, unread=unread)


def stale_of(
    facts: PullFacts, migrations: Sequence[Migration], world: World
) -> tuple[StaleApproval, ...]:
    """The approvals of earlier commits, with what changed since, statement by statement."""
    mine = [each for each in migrations if each.name in facts.texts]
    return tuple(_since(each, mine, world) for each in stale_approvals(facts))


def _facts_by_name(
    pulls: Mapping[str, Pull], migrations: Sequence[Migration], world: World, policy: ApprovalPolicy
) -> dict[str, PullFacts]:
    facts: dict[int, PullFacts] = {}
    for pull in pulls.values():
        if pull.number not in facts:
            mine = [each for each in migrations if pulls.get(each.name) == pull]
            facts[pull.number] = facts_of(pull, mine, world, policy)
    return {name: facts[pull.number] for name, pull in pulls.items()}


def _reviewer(
    opinion: Opinion, teams: Iterable[str], unread: dict[str, str], world: World, *, profile: bool
) -> Reviewer:
    """`unread` is told of teams whose members cannot be read."""
    assert world.github is not None
    github, login = world.github, opinion.login
    mine: set[str] = set()
    for team in teams:
        if team in unread:
            continue
        try:
            if github.in_team(team, login):
                mine.add(team)
        except GitHubError as error:
            unread[team] = error.message.rstrip(".")
    names, emails = github.profile_of(login) if profile else (frozenset(), frozenset())
    return Reviewer(login, github.permission_of(login), frozenset(mine), names, emails)


def _all(owners: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    return [owner for each in owners.values() for owner in each]


def _since(opinion: Opinion, migrations: Sequence[Migration], world: World) -> StaleApproval:
    assert world.github is not None
    if not opinion.commit:
        return StaleApproval(opinion.login, "")
    then = world.github.scripts(opinion.commit, {each.name: each.path for each in migrations})
    lines = [line for each in migrations for line in _changed(each, then.get(each.name, ""))]
    return StaleApproval(opinion.login, opinion.commit, tuple(lines))


def _changed(migration: Migration, before: str) -> Sequence[str]:
    """What is not as it was; of a text that cannot be cut into statements, that alone."""
    # Imported late: only a gate that stays closed has a use for the parser.
    from bot.sql.pieces import pieces_in

    if checksum_of(before) == migration.checksum:
        return ()
    old, new = pieces_in(before), pieces_in(migration.sql)
    if old is None or new is None:
        return (f"`{migration.name}` is another text",)
    found = tuple(sentences(migration.name, statement_changes(old, new)))
    return found or (f"`{migration.name}` differs in its comments or its spacing",)
