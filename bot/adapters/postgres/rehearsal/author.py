"""The role that the pull request's SQL runs as, and those that its history takes for granted."""

from psycopg import sql

from bot.adapters.postgres.recipe import SUPERUSER
from bot.adapters.postgres.rehearsal.place import ROLE
from bot.core.rehearsal_order import Limits, Order

# As many as look on from several sides; what the pull request runs can open none.
CONNECTIONS = 8


def role_statements(order: Order, major: int) -> tuple[sql.Composed, ...]:
    """The author, and the roles that the history takes for granted: they can do nothing."""
    taken = {ROLE, SUPERUSER}
    others = sorted({name for name in order.roles if name not in taken})
    return (
        create_author(ROLE, major),
        *author_settings(ROLE, order.limits, major),
        *(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)) for name in others),
    )


def create_author(role: str, major: int) -> sql.Composed:
    # From 16 on it makes roles that are no more than itself; before, it could make itself any role
    # but a superuser, and one that runs programs is among them.
    return sql.SQL("CREATE ROLE {} LOGIN {} CONNECTION LIMIT {}").format(
        sql.Identifier(role),
        sql.SQL("CREATEROLE" if major >= 16 else ""),
        sql.Literal(CONNECTIONS),
    )


def author_settings(role: str, limits: Limits, major: int) -> tuple[sql.Composed, ...]:
    settings = {
        "statement_timeout": f"{int(limits.statement * 1000)}ms",
        # The server says at this level which tables it rewrites and looks through.
        "client_min_messages": "debug1",
        # Whoever makes a role may act as it, as a superuser that runs migrations may.
        **({"createrole_self_grant": "set, inherit"} if major >= 16 else {}),
    }
    return tuple(
        sql.SQL("ALTER ROLE {} SET {} = {}").format(
            sql.Identifier(role), sql.Identifier(name), sql.Literal(value)
        )
        for name, value in settings.items()
    )
