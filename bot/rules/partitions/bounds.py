"""What is known of a partition's rows before they are read. No rule by itself."""

from bot.judge.context import Context


def proved(table: str, parent: str, context: Context) -> bool:
    """Whether valid CHECKs of a table are about the whole key of the partitioned one.

    What they say is not compared with the bounds: that they are there shows that somebody thought
    of it. A key that is not known may be meant by any CHECK.
    """
    found = context.catalogue.tables.get(table)
    above = context.catalogue.tables.get(parent)
    named = {
        name
        for each in (found.constraints.values() if found else ())
        if each.validated and each.enforced and each.expression
        for name in each.expression.columns
    }
    key = set(above.partition_key) if above else set()
    return bool(named) and key <= named and all(_not_null(table, name, context) for name in key)


def _not_null(table: str, name: str, context: Context) -> bool:
    column = context.catalogue.column(table, name)
    return bool(column and column.not_null) or context.catalogue.proved_not_null(table, name)
