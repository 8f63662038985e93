"""The role that the pull request's SQL runs as, and those that its history takes for granted."""

from psycopg import sql

from bot.adapters.postgres.recipe import SUPERUSER
from bot.adapters.postgres.rehearsal.places.place import ROLE
from bot.core.rehearsals.rehearsal_order import Limits, Order

# As many as look on from several sides; what the pull request runs can open none.
CONNECTIONS = 8
_SPARE = 5.0
# A longer name is cut off by PostgreSQL.
NAME_BYTES = 63


def role_statements(order: Order, major: int) -> tuple[sql.Composed, ...]:
    """The author, and the roles that the history takes for granted: they can do nothing."""
    return (
        create_author(ROLE, major),
        *author_settings(ROLE, order.limits, major),
        *(
            sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name))
            for name in given_roles(order)
        ),
    )


def given_roles(order: Order) -> tuple[str, ...]:
    """Those of the order that there is not anyway, and that a server lets one make."""
    names = {name.encode()[:NAME_BYTES].decode(errors="ignore") for name in order.roles}
    made = {name for name in names if not name.startswith("pg_")}
    return tuple(sorted(made - {ROLE, SUPERUSER, "", "public", "none"}))


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
        # The guard is first; this is for a guard that is gone.
        "statement_timeout": f"{int((limits.statement + _SPARE) * 1000)}ms",
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
