"""A target that answers: the connection, the server, and the database behind it."""

from collections.abc import Iterator

from bot.core.doctor.access import Access
from bot.core.doctor.check import Check, Trouble, failed, passed, refused, warned
from bot.core.settings import NEWEST_POSTGRES, OLDEST_POSTGRES, Settings
from bot.core.targets.server import Pooling, ServerFacts
from bot.core.targets.target import Kind, Target
from bot.doctor.privileges import privilege_checks

# Seconds. Signed requests are refused from the second on.
_ODD, _WRONG = 5, 300


def target_checks(
    target: Target, settings: Settings, facts: ServerFacts, access: Access, ready: Trouble | None
) -> Iterator[Check]:
    """`ready` is why a rollout would not begin, None if it would."""
    yield passed("reachable", f"It answers: PostgreSQL {facts.version}, {facts.database}.")
    yield tls(target, access)
    yield pooler(target, facts)
    yield server_version(settings, facts)
    yield clock(access)
    yield ready_to_roll_out(ready)
    yield lock_timeout(target, access)
    yield from privilege_checks(target, facts, access)


def unreachable(trouble: Trouble) -> Iterator[Check]:
    yield refused("reachable", trouble)


def fleet(tenants: int | Trouble, name: str) -> Iterator[Check]:
    if isinstance(tenants, Trouble):
        yield refused("tenants", tenants)
    elif not tenants:
        advice = "Look at what its `fleet.tenants` reads."
        yield warned("tenants", f"{name} lists no tenant.", advice)
    else:
        said = f"{tenants:,} tenants are listed; `migration-bot status {name}` asks each of them."
        yield passed("tenants", said)


def tls(target: Target, access: Access) -> Check:
    if access.local:
        return passed("tls", "The connection leaves no machine.")
    advice = f"Add `sslmode=verify-full` to {target.url_env}; with a private authority also "
    advice += "`sslrootcert=FILE`."
    if not access.encrypted:
        said = "The connection is not encrypted: passwords and rows can be read on the way."
        build = failed if target.kind is Kind.PRODUCTION else warned
        return build("tls", said, advice)
    if not access.verified:
        said = "The connection is encrypted, and nobody checks whose certificate it is."
        return warned("tls", said, advice)
    return passed("tls", "The connection is encrypted, and the server's certificate checked.")


def pooler(target: Target, facts: ServerFacts) -> Check:
    if facts.pooling is Pooling.NONE:
        return passed("pooler", "No pooler is in the way.")
    how = "transaction" if facts.pooling is Pooling.TRANSACTION else "session"
    return warned(
        "pooler",
        f"A pooler in {how} mode is in the way: locks and settings may not last a session.",
        f"Set `direct_url_env` of {target.name} to a variable that holds the server's own "
        "connection string.",
    )


def server_version(settings: Settings, facts: ServerFacts) -> Check:
    said = f"PostgreSQL {facts.version}"
    if facts.major < OLDEST_POSTGRES:
        advice = "Upgrade the server before migrating it with this bot."
        return failed("server-version", f"{said} is older than {OLDEST_POSTGRES}.", advice)
    if facts.major > NEWEST_POSTGRES:
        advice = "Upgrade migration-bot; until then locks are judged as 18 takes them."
        return warned("server-version", f"{said} is newer than what is known here.", advice)
    if facts.major != settings.postgres:
        return warned(
            "server-version",
            f"{said}, and migrations are judged for PostgreSQL {settings.postgres}.",
            f"Write `postgres: {facts.major}` into the configuration, if production has that.",
        )
    return passed("server-version", f"{said} is what migrations are judged for.")


def clock(access: Access) -> Check:
    seconds = abs(access.ahead)
    which = "ahead of" if access.ahead > 0 else "behind"
    said = f"The server's clock is {seconds:,.0f} s {which} this machine's."
    advice = "Let both follow a time server, such as with `timedatectl set-ntp true`."
    if seconds >= _WRONG:
        return failed("clock", said, advice)
    if seconds >= _ODD:
        return warned("clock", said, advice)
    return passed("clock", "The server's clock and this machine's agree.")


def ready_to_roll_out(trouble: Trouble | None) -> Check:
    """A standby, a server that takes only reads, or another database than the target's."""
    if trouble is not None:
        return refused("writable", trouble)
    return passed("writable", "It takes writes, and is no other target's database.")


def lock_timeout(target: Target, access: Access) -> Check:
    if access.lock_timeout:
        return passed("lock-timeout", f"A lock_timeout of {target.lock_timeout} ms is taken.")
    return failed(
        "lock-timeout",
        "The session does not keep a lock_timeout, so a migration could hold everybody up.",
        f"Let {target.url_env} lead to the server itself, past whatever resets settings.",
    )
