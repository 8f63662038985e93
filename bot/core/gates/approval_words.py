"""What the approval gate says of migrations whose approvals lack, and of who could give them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.approvals.approval import Approval, PassedOver, PullFacts, StaleApproval, owner_teams
from bot.core.approvals.approval_policy import Need

ANYBODY = "somebody who may write to the repository"
_SHOWN = 3
_PLURAL = {"has": "have", "is": "are"}


@dataclass(frozen=True)
class Wanting:
    """One pending migration that needs approvals, and those it has.

    `risk` is the end of a sentence where the risk decides, else "". `fault` says why no approval
    can be one of its text, after its name.
    """

    name: str
    need: Need
    pull: PullFacts | None
    risk: str = ""
    counted: tuple[Approval, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    fault: str = ""

    @property
    def lack(self) -> str:
        """What it lacks, after its name; "" if nothing."""
        if self.fault or self.pull is None:
            return self.fault
        have = len(self.counted)
        if have >= self.need.count:
            return ""
        lack = f"has {have} of {self.need.count} approvals in #{self.pull.number}{self.risk}"
        passed = [f"{each.login} {each.why}" for each in self.passed_over]
        return f"{lack} ({listed(passed)})" if passed else lack

    @property
    def waits_for(self) -> tuple[str, ...]:
        if self.fault:
            return ("a pull request that brings this text",)
        return tuple(self.need.by.named()) or (ANYBODY,)

    @property
    def owners(self) -> tuple[str, ...]:
        return self.pull.owners.get(self.name, ()) if self.pull else ()

    @property
    def unread(self) -> tuple[tuple[str, str], ...]:
        """The teams that might have given what lacks, if anybody could read them, and why not."""
        if self.pull is None or self.fault:
            return ()
        owners = owner_teams(self.owners) if self.need.by.codeowners else ()
        teams = {each.lower() for each in (*self.need.by.teams, *owners)}
        return tuple((team, why) for team, why in self.pull.unread.items() if team.lower() in teams)


def reasons(lacking: Sequence[Wanting]) -> Iterator[str]:
    """One for each lack, with the migrations that it is the lack of."""
    by_lack: dict[str, list[str]] = {}
    for each in lacking:
        by_lack.setdefault(each.lack, []).append(each.name)
    for lack, names in by_lack.items():
        verb, _, rest = lack.partition(" ")
        yield f"{listed(names)} {_PLURAL.get(verb, verb) if len(names) > 1 else verb} {rest}"


def remarks(
    lacking: Sequence[Wanting], stale: Mapping[int, tuple[StaleApproval, ...]]
) -> Iterator[str]:
    """What a reader has to know besides, each once."""
    said: list[str] = []
    for each in lacking:
        said += [f"cannot read the members of @{team}: {why}" for team, why in each.unread]
        said += _who_owns(each)
    for number in _pulls(each for each in lacking if not each.fault):
        said += [_since(each) for each in stale.get(number, ()) if each.commit]
    yield from dict.fromkeys([*said, *unknown(lacking)])


def unknown(wanting: Sequence[Wanting]) -> list[str]:
    """Who had a part in it and is not known, so that nobody takes silence for an answer."""
    said: list[str] = []
    for number, pull in _pulls(wanting).items():
        if pull.unmatched:
            who = listed(str(each) for each in pull.unmatched)
            said.append(f"no account is known of {who}, who had a hand in #{number}")
        if not pull.pusher_known:
            said.append(f"GitHub does not say who pushed the last commit of #{number}")
        if pull.bot and not pull.requesters:
            said.append(f"GitHub does not say who asked {pull.bot} for #{number}")
    return said


def hint(lacking: Sequence[Wanting]) -> str:
    """The one next step."""
    numbers = sorted(_pulls(lacking))
    if not numbers:
        return "Bring the migration in by a pull request, and have it approved there."
    if any(each.unread for each in lacking):
        return (
            "Give the job a token that may read who is in the organization's teams, such as a "
            "GitHub App's with `members: read`: the action's `token`; then run the deploy again."
        )
    named = dict.fromkeys(who for each in lacking for who in each.need.by.named())
    who = " or ".join(named) or ANYBODY
    where = ", ".join(f"#{number}" for number in numbers)
    return (
        f"Ask {who}, and did not author it, to approve the last commit of {where}; then run the "
        "deploy again."
        if not named
        else f"Ask {who}, other than its authors, to approve the last commit of {where}; then run "
        "the deploy again."
    )


def listed(words: Iterable[str]) -> str:
    """A, B and C; or A, B, C and 4 more."""
    given = list(words)
    if len(given) > _SHOWN:
        given = [*given[:_SHOWN], f"{len(given) - _SHOWN} more"]
    return " and ".join([", ".join(given[:-1]), given[-1]] if len(given) > 1 else given)


def _pulls(wanting: Iterable[Wanting]) -> dict[int, PullFacts]:
    return {each.pull.number: each.pull for each in wanting if each.pull}


def _who_owns(wanting: Wanting) -> Iterator[str]:
    if wanting.need.by.codeowners and wanting.pull is not None and not wanting.fault:
        who = listed(wanting.owners) or "nobody, by CODEOWNERS of the base branch"
        yield f"the code owner of {wanting.name} is {who}"


def _since(stale: StaleApproval) -> str:
    """What changed since somebody approved an earlier commit, in figures."""
    many = len(stale.changed)
    differs = "1 change was made" if many == 1 else f"{many} changes were made"
    what = f"{differs} to the migrations since" if many else "no migration has changed since"
    return f"{stale.login} approved {stale.commit[:7]}, and {what}"
