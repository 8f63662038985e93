"""No migration of the target may have been begun and never finished (Prisma's P3009)."""

from bot.core.gates.gate import Gate
from bot.core.gates.order import closed_by
from bot.core.rollouts.disagreement import disagreements
from bot.core.rollouts.plan import Plan

NAME = "rows"


def rows_gate(plan: Plan) -> Gate:
    failed = {*plan.failed, *plan.rolling_back}
    found = [each for each in disagreements(plan) if each.names and set(each.names) <= failed]
    return closed_by(NAME, found) or Gate(NAME, True, _settled(plan))


def _settled(plan: Plan) -> str:
    if plan.interrupted:
        return f"{', '.join(plan.interrupted)} was interrupted, and goes on where it stopped"
    return "no migration has failed"
