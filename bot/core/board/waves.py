"""A fleet wave by wave: which tenants have everything, which wait, and which need somebody."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from bot.core.rollouts.survey import Look


class TenantStanding(StrEnum):
    """As of now, by looking: `BEHIND` lacks a migration, `DISAGREES` would be parked."""

    CURRENT = "up to date"
    BEHIND = "pending"
    DISAGREES = "disagrees"
    SILENT = "no answer"


@dataclass(frozen=True)
class TenantBoard:
    name: str
    standing: TenantStanding
    pending: int = 0
    problem: str = ""


@dataclass(frozen=True)
class WaveBoard:
    name: str
    tenants: tuple[TenantBoard, ...]

    @property
    def counted(self) -> dict[TenantStanding, int]:
        """How many of each, in the order in which they are explained."""
        number = Counter(each.standing for each in self.tenants)
        return {each: number[each] for each in TenantStanding}


def tenant_board(look: Look) -> TenantBoard:
    if look.plan is None:
        return TenantBoard(look.tenant, TenantStanding.SILENT, problem=look.problem)
    if not look.plan.agrees:
        problem = "its migrations table and the history disagree"
        return TenantBoard(look.tenant, TenantStanding.DISAGREES, problem=problem)
    pending = len(look.plan.pending)
    standing = TenantStanding.BEHIND if pending else TenantStanding.CURRENT
    return TenantBoard(look.tenant, standing, pending)
