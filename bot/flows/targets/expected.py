"""What a target's history is expected to have made of it, and to make; and what is asked of it."""

from bot.core.drift.drift import Expected, unknown
from bot.core.migrations.history import History
from bot.core.rollouts.plan import Plan
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import Target
from bot.errors import UsageError
from bot.flows.reviewing.rehearsal_order import schema_order
from bot.sql.parse import parse
from bot.world import World

_NO_SERVER = "there is no PostgreSQL here to run the history on"


def expected_of(
    history: History, plan: Plan, facts: ServerFacts, schema: str, world: World
) -> Expected:
    """The schema before and after the plan, where it can be known. `schema` is the URL's."""
    if world.schemas is None:
        return unknown(_NO_SERVER)
    if plan.interrupted:
        return unknown(f"an earlier run has begun {plan.interrupted[0]}")
    texts = {each.name: each for each in history.migrations}
    try:
        order = schema_order(
            [texts[name] for name in plan.applied if name in texts],
            plan.pending,
            world.settings,
            postgres=facts.major,
            schema=schema,
        )
    except UsageError as error:
        return unknown(error.message)
    return world.schemas.expected(order, world.console.say)


def queries_of(target: Target, world: World) -> tuple[str, ...]:
    """The target's own queries. Raises UsageError for a script that cannot be read."""
    path = target.verify.file
    if path is None:
        return target.verify.queries
    text = world.text_of(path)
    if text is None:
        raise UsageError(
            f"{path} is not there, which is to verify {target.name}.",
            hint="Add the file, or take `verify` out of the configuration.",
        )
    script = parse(text)
    if script.fault is not None:
        place = script.fault.position
        raise UsageError(
            f"{path}, line {place.line}: {script.fault.message}",
            hint=script.fault.fix or "Mend the query.",
        )
    return tuple(each.sql for each in script.statements)
