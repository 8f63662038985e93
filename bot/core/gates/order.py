"""The target and the history must tell the same story, in the same order.

What a rollout would refuse for it is said by `core.disagreement`, here as there.
"""

from bot.core.gates.gate import Gate
from bot.core.rollouts.disagreement import Disagreement, disagreements
from bot.core.rollouts.plan import Plan

NAME = "order"


def order_gate(plan: Plan) -> Gate:
    found = [each for each in disagreements(plan) if not _about_rows(each, plan)]
    return closed_by(NAME, found) or Gate(NAME, True, f"{plan.target} and the history agree")


def closed_by(name: str, found: list[Disagreement]) -> Gate | None:
    """The gate that these keep closed; None without any."""
    if not found:
        return None
    reason = "; ".join(each.message for each in found)
    return Gate(name, False, reason, hint=" ".join(dict.fromkeys(each.advice for each in found)))


def _about_rows(each: Disagreement, plan: Plan) -> bool:
    return bool(each.names) and set(each.names) <= {*plan.failed, *plan.rolling_back}
