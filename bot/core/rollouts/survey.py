"""What the tenants of a fleet were seen to be, before anything is done to them."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.migrations.migration import sort_key
from bot.core.rollouts.plan import Plan
from bot.errors import BotError, HistoryError, PostgresError


@dataclass(frozen=True)
class Look:
    """One tenant: its plan, and its catalogue in one number. `plan` is None if it did not answer;
    then `problem` says why, and `hint` what to do."""

    tenant: str
    plan: Plan | None = None
    fingerprint: str = ""
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True)
class TenantClass:
    """Tenants that are alike. `head` is the newest migration they have, "" if none; `fingerprint`
    is of the catalogue.

    `odd` says that more tenants with the same migrations look different: somebody changed these by
    hand.
    """

    head: str
    pending: tuple[str, ...]
    fingerprint: str
    tenants: tuple[str, ...]
    odd: bool = False


@dataclass(frozen=True)
class Survey:
    """A fleet as it is now. `waves` are their names and how many tenants each takes."""

    target: str
    looks: tuple[Look, ...]
    classes: tuple[TenantClass, ...]
    waves: tuple[tuple[str, int], ...] = ()

    @property
    def unreachable(self) -> tuple[Look, ...]:
        return tuple(each for each in self.looks if each.plan is None)

    @property
    def disagreeing(self) -> tuple[Look, ...]:
        return tuple(each for each in self.looks if each.plan and not each.plan.agrees)

    @property
    def current(self) -> int:
        """How many tenants have everything."""
        plans = [each.plan for each in self.looks if each.plan]
        return sum(plan.agrees and not plan.pending for plan in plans)

    @property
    def pending(self) -> int:
        """How many tenants lack a migration."""
        return sum(bool(each.plan and each.plan.pending) for each in self.looks)

    @property
    def plan(self) -> Plan:
        """The fleet as one target: pending where anybody lacks it, applied where everybody has it.

        Its digest is what is agreed to for all of them.
        """
        plans = [each.plan for each in self.looks if each.plan]
        pending = {each.name: each for plan in plans for each in plan.pending}
        applied = [set(plan.applied) for plan in plans]
        common = set.intersection(*applied) if applied else set()
        return Plan(
            target=self.target,
            pending=tuple(pending[name] for name in sorted(pending, key=sort_key)),
            applied=tuple(name for name in (plans[0].applied if plans else ()) if name in common),
            modified=_all(plan.modified for plan in plans),
            missing=_all(plan.missing for plan in plans),
            failed=_all(plan.failed for plan in plans),
            rolling_back=_all(plan.rolling_back for plan in plans),
            out_of_order=_all(plan.out_of_order for plan in plans),
            interrupted=_all(plan.interrupted for plan in plans),
            unbaselined=any(plan.unbaselined for plan in plans),
        )

    @property
    def problem(self) -> BotError | None:
        """What a rollout would meet, for whoever ends with an exit code: silence comes last."""
        for each in self.disagreeing:
            return HistoryError(
                f"{len(self.disagreeing):,} of {len(self.looks):,} tenants disagree with the "
                f"history, {each.tenant} for one.",
                hint=f"See each with `migration-bot plan {self.target}`; a rollout parks them.",
            )
        for each in self.unreachable:
            return PostgresError(
                f"{len(self.unreachable):,} of {len(self.looks):,} tenants did not answer, "
                f"{each.tenant} for one: {each.problem}",
                hint=each.hint,
            )
        return None


def _all(names: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each in names for name in each))
