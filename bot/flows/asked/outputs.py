"""The outputs of the action's step, for later steps and jobs."""

import json

from bot.core.findings.review import Review
from bot.core.findings.risk import risk_of_review
from bot.world import World


def set_outputs(world: World, **outputs: str) -> None:
    """An underscore in a name is a hyphen outside."""
    assert world.runner is not None
    for name, value in outputs.items():
        world.runner.output(name.replace("_", "-"), value)


def set_check_outputs(review: Review, world: World, *, check_run_url: str) -> None:
    names = [each.migration.name for each in review.migrations]
    set_outputs(
        world,
        verdict=review.verdict.value,
        digest=review.digest,
        findings=str(sum(each.allowed is None for each in review.all_findings)),
        risk=risk_of_review(review).word if names else "",
        migrations=json.dumps(names),
        check_run_url=check_run_url,
    )
