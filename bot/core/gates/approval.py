"""Who must have agreed: approvals of exactly the text that is pending."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.approvals.approval import Approval, PullFacts, StaleApproval, weigh
from bot.core.findings.risk import Risk
from bot.core.gates.approval_words import Wanting, hint, reasons, remarks, unknown
from bot.core.gates.gate import Gate
from bot.core.migrations.migration import Migration
from bot.core.targets.target import Target

NAME = "approval"
_NO_TOKEN = Gate(
    NAME,
    False,
    "reviews could not be read, because no GitHub token is at hand",
    hint="Set GITHUB_TOKEN and GITHUB_REPOSITORY, or leave it to the workflow.",
    waits_for=("a GitHub token",),
)


@dataclass(frozen=True)
class Asked:
    """What is known besides of the rollout that asks.

    `risks` are those of pending migrations; one that is not there counts as high. `triggerers`
    started the rollout. `stale` are approvals of earlier commits, by pull request.
    """

    risks: Mapping[str, Risk] = field(default_factory=dict)
    triggerers: frozenset[str] = frozenset()
    stale: Mapping[int, tuple[StaleApproval, ...]] = field(default_factory=dict)

    def risk(self, name: str) -> Risk:
        return self.risks.get(name, Risk.HIGH)


def approval_gate(
    target: Target,
    pending: Sequence[Migration],
    pulls: Mapping[str, PullFacts] | None,
    asked: Asked | None = None,
) -> Gate:
    """Open when enough people approved exactly the text of every pending migration.

    `pulls` maps a migration's name to the pull request that brought it; None when GitHub could not
    be asked.
    """
    asked = asked or Asked()
    needing = [each for each in pending if target.approval.need(asked.risk(each.name)).count]
    if not needing:
        little = " of what has so little risk" if pending and target.approvals else ""
        return Gate(NAME, True, f"{target.name} asks for none{little}")
    if pulls is None:
        return _NO_TOKEN
    wanting = [_wanting(target, each, pulls.get(each.name), asked) for each in needing]
    lacking = [each for each in wanting if each.lack]
    return _closed(wanting, lacking, asked) if lacking else _open(wanting)


def counted(
    target: Target, pull: PullFacts, *, risk: Risk = Risk.HIGH, triggerers: Iterable[str] = ()
) -> tuple[Approval, ...]:
    """The approvals that count for each migration of a pull request, if they have that risk."""
    by, started = target.approval.need(risk).by, _started(target, triggerers)
    each = [weigh(pull, name, by, triggerers=started).counted for name in pull.texts or ("",)]
    return tuple(one for one in each[0] if all(one in others for others in each))


def _wanting(target: Target, migration: Migration, pull: PullFacts | None, asked: Asked) -> Wanting:
    risk = asked.risk(migration.name)
    need = target.approval.need(risk)
    if pull is None:
        return Wanting(migration.name, need, None, fault="came without a pull request")
    if pull.texts.get(migration.name) != migration.checksum:
        fault = f"is not the text that was approved in #{pull.number}"
        return Wanting(migration.name, need, pull, fault=fault)
    started = _started(target, asked.triggerers)
    found = weigh(pull, migration.name, need.by, triggerers=started)
    told = f", being of {risk.word} risk" if target.approval.varies else ""
    return Wanting(migration.name, need, pull, told, found.counted, found.passed_over)


def _started(target: Target, triggerers: Iterable[str]) -> tuple[str, ...]:
    """Who must not approve because the rollout is theirs."""
    return () if target.approval.triggerer else tuple(triggerers)


def _closed(wanting: Sequence[Wanting], lacking: Sequence[Wanting], asked: Asked) -> Gate:
    return Gate(
        NAME,
        False,
        "; ".join([*reasons(lacking), *remarks(lacking, asked.stale)]),
        hint=hint(lacking),
        waits_for=tuple(dict.fromkeys(who for each in lacking for who in each.waits_for)),
        given_by=_givers(wanting),
    )


def _open(wanting: Sequence[Wanting]) -> Gate:
    needed = " or ".join(str(each) for each in sorted({each.need.count for each in wanting}))
    given = _givers(wanting)
    told = [f"{needed} needed; approved by {', '.join(given)}", *unknown(wanting)]
    return Gate(NAME, True, "; ".join(told), given_by=given)


def _givers(wanting: Sequence[Wanting]) -> tuple[str, ...]:
    return tuple(sorted({one.login for each in wanting for one in each.counted}))
