"""What a session says: transactions, variables, locks, and upkeep of whole tables."""

from bot.sql.actions.action import Action, action


@action
class Transaction(Action):
    """`verb` in SQL's words: BEGIN, COMMIT, ROLLBACK, SAVEPOINT, …; `savepoint` is its name."""

    verb: str
    savepoint: str = ""


@action
class SetVariable(Action):
    """`value` is None for RESET and for a list of values."""

    name: str
    value: str | None = None
    local: bool = False
    reset: bool = False


@action
class LockTable(Action):
    tables: tuple[str, ...]
    mode: int
    only: tuple[str, ...] = ()


@action
class Vacuum(Action):
    """VACUUM, ANALYZE (`analyze`) or CLUSTER (`cluster`)."""

    tables: tuple[str, ...] = ()
    full: bool = False
    analyze: bool = False
    cluster: bool = False
