"""What keeps a database from being reset: decided from values, in the order of its gravity.

A reset destroys everything, so that every sign of a database that matters is believed at once, and
there is no switch that turns it off: a person says what is right in the configuration.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from bot.core.resets.scene import Scene, Session
from bot.core.targets.identity import Identity
from bot.core.targets.target import Kind, Target
from bot.errors import BotError, HistoryError, PostgresError, UsageError

_SYSTEM = ("postgres", "template0", "template1", "defaultdb", "rdsadmin", "cloudsqladmin")
_TELLING = frozenset(
    {"prod", "production", "prd", "preprod", "preproduction", "live", "staging", "stage", "stg"}
)
# Also in `shopProd` and `PRODDB`.
_WORD = re.compile(r"[A-Z]*[a-z]+|[A-Z]+")
_ENDINGS = ("database", "db")
_SHOWN = 5
# Roles that only whoever rents out servers makes there.
HOSTED = {
    "rds_superuser": "Amazon RDS",
    "cloudsqlsuperuser": "Google Cloud SQL",
    "alloydbsuperuser": "Google AlloyDB",
    "azure_pg_admin": "Azure",
}

# Where a connection string leads: host, port, database.
Address = tuple[str, int, str]


@dataclass(frozen=True)
class Other:
    """Another target that has a connection string here. `identity` is None where it could not be
    asked, and `problem` says why; `address` is where its string leads, as far as that is known."""

    target: Target
    identity: Identity | None = None
    address: Address | None = None
    problem: str = ""


def refusal_by_kind(target: Target, environ: Mapping[str, str]) -> BotError | None:
    """Before anything is connected to."""
    if target.kind is not Kind.DEVELOPMENT:
        return UsageError(
            f"{target.name} is a {target.kind.value} target, and only development is ever reset. "
            "Nothing was changed.",
            hint=f"`migration-bot apply {target.name}` applies what is pending; `rollback` and "
            "`restore` go back.",
        )
    if target.fleet is not None:
        return UsageError(
            f"{target.name} is a fleet, and one database is reset at a time. Nothing was changed.",
            hint="Give one tenant a target of its own with `url_env`, and reset that.",
        )
    if environ.get("GITHUB_ACTIONS") == "true":
        return UsageError(
            f"{target.name} is not reset by a workflow on GitHub. Nothing was changed.",
            hint="A job that wants an empty database makes one: `migration-bot apply` creates it.",
        )
    return None


def refusal_by_address(
    target: Target, others: Sequence[Other], address: Address
) -> BotError | None:
    """Before a missing database is made. `address` is where the target's own connection string
    leads."""
    found = [*_by_place(target, address), *_by_the_unasked(target, others, address)]
    return found[0] if found else None


def refusal(
    target: Target, scene: Scene, others: Sequence[Other], address: Address
) -> BotError | None:
    """What is gravest of all that stands against it; None if nothing does."""
    found = [
        *_by_place(target, address),
        *_by_server(target, scene, address),
        *_by_marks(target, scene),
        *_by_others(target, scene, others),
        *_by_the_unasked(target, others, address),
        *_by_use(target, scene),
    ]
    return found[0] if found else None


def is_local(host: str) -> bool:
    """Whether a host is this machine by its name alone: a name server may say anything."""
    if not host or host.startswith(("/", "@")):
        return True
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _by_place(target: Target, address: Address) -> Iterator[BotError]:
    host, _, name = address
    if name in _SYSTEM:
        yield _of_the_server(target, name)
    pin = target.identity
    if not is_local(host) and pin.host != host:
        yield UsageError(
            f"{target.name} is not on this machine, but on {host}. Nothing was changed.",
            hint="If it may be reset there, say so in the configuration: pin its `identity` with "
            f"`host: {host}`. `migration-bot identity {target.name}` shows what to write.",
        )
    variables = (target.url_env, target.direct_url_env or "")
    telling = _telling_word(target.name, *variables, host, name)
    if telling and not (pin.system_identifier and pin.database):
        yield UsageError(
            f"{target.name} is called development, but {telling} does not sound like it. Nothing "
            "was changed.",
            hint="If it may be reset, pin its `identity` with `system_identifier` and `database`: "
            f"`migration-bot identity {target.name}` shows what to write.",
        )


def _by_server(target: Target, scene: Scene, address: Address) -> Iterator[BotError]:
    name = scene.facts.database
    if name in _SYSTEM or scene.template:
        yield _of_the_server(target, name)
    if scene.hosts and is_local(address[0]) and not target.identity.system_identifier:
        # A tunnel has an end on this machine, wherever it leads.
        yield UsageError(
            f"{target.name} is called {address[0] or 'localhost'}, but is a server of "
            f"{scene.hosts[0]}. Nothing was changed.",
            hint="If it may be reset there, pin its `identity` with `system_identifier`: "
            f"`migration-bot identity {target.name}` shows what to write.",
        )


def _of_the_server(target: Target, name: str) -> BotError:
    return UsageError(
        f"{target.name} leads to {name}, which belongs to the server itself. Nothing was changed.",
        hint=f"Let {target.url_env} name a database of your own; "
        f"`migration-bot apply {target.name}` makes it.",
    )


def _telling_word(*names: str) -> str:
    """The first of the names with a word in it that is used for what is not development."""
    return next((each for each in names if any(map(_tells, _words(each)))), "")


def _words(name: str) -> Iterator[str]:
    """Each with and without what says only that it is a database."""
    for found in (*_WORD.findall(name), *_WORD.findall(name.lower())):
        word = found.lower()
        yield word
        yield from (word.removesuffix(each) for each in _ENDINGS)


def _tells(word: str) -> bool:
    return word in _TELLING or "production" in word.replace("reproduction", "")


def _by_marks(target: Target, scene: Scene) -> Iterator[BotError]:
    claim = f"If it is {target.name} now: `migration-bot identity {target.name} --claim`."
    for mark in scene.marks:
        if mark.target != target.name:
            yield HistoryError(
                f"The database that {target.url_env} leads to bears the mark of {mark.target}. "
                "Nothing was changed.",
                hint=f"Correct {target.url_env}. {claim}",
            )
    grave = [each for each in scene.kinds if each != Kind.DEVELOPMENT]
    claimed = any(mark.target == target.name for mark in scene.marks)
    if grave and not (claimed and target.identity.database):
        yield HistoryError(
            f"Rollouts were written down in this database as in one of {', '.join(grave)}. Nothing "
            "was changed.",
            hint=f"Correct {target.url_env}. If it is a copy, drop the schema migration_bot in it, "
            f"or claim it and pin its `identity`. {claim}",
        )


def _by_others(target: Target, scene: Scene, others: Sequence[Other]) -> Iterator[BotError]:
    """A target of development that has another schema there is another's part of it, which a reset
    leaves alone."""
    here = scene.facts.identity
    for other in others:
        there = other.identity
        if there is None or not there.is_same(here):
            continue
        if other.target.kind is not Kind.DEVELOPMENT or there.schema == here.schema:
            yield _same_as(target, other)


def _by_the_unasked(
    target: Target, others: Sequence[Other], address: Address
) -> Iterator[BotError]:
    """Those that did not answer, by where their strings lead."""
    for other in others:
        if other.identity is not None:
            continue
        if other.address is not None and _plain(other.address) == _plain(address):
            yield _same_as(target, other)
        elif not is_local(address[0]):
            yield UsageError(
                f"{target.name} could not be told from {other.target.name}, which does not answer: "
                f"{other.problem} Nothing was changed.",
                hint=f"Let it be reached, or unset {other.target.url_env}.",
            )


def _same_as(target: Target, other: Other) -> BotError:
    return HistoryError(
        f"{target.name} and {other.target.name} lead to the same database: "
        f"{target.url_env} and {other.target.url_env}. Nothing was changed.",
        hint="Correct the one that is wrong.",
    )


def _plain(address: Address) -> Address:
    host, port, name = address
    return ("" if is_local(host) else host.lower().rstrip("."), port, name)


def _by_use(target: Target, scene: Scene) -> Iterator[BotError]:
    if scene.sessions:
        pids = " ".join(
            f"SELECT pg_terminate_backend({each.pid});" for each in scene.sessions[:_SHOWN]
        )
        yield PostgresError(
            f"{target.name} is in use: {_named(scene.sessions)}. Nothing was changed.",
            hint=f"Stop them, or end them: {pids}",
        )
    if scene.prepared:
        ways = " ".join(f"ROLLBACK PREPARED '{each}';" for each in scene.prepared[:_SHOWN])
        yield PostgresError(
            f"{target.name} has prepared transactions: {', '.join(scene.prepared[:_SHOWN])}. "
            "Nothing was changed.",
            hint=f"Ask whoever coordinates them, then end them: {ways}",
        )
    if scene.slots:
        yield PostgresError(
            f"Others follow the changes of {target.name} by the replication slots "
            f"{', '.join(scene.slots[:_SHOWN])}. Nothing was changed.",
            hint="Stop whoever follows, and drop the slots with pg_drop_replication_slot().",
        )
    if scene.standbys and not target.identity.system_identifier:
        yield PostgresError(
            f"The server of {target.name} has {scene.standbys} standbys, as a server has that "
            "matters. Nothing was changed.",
            hint="If it may be reset, pin its `identity` with `system_identifier`: "
            f"`migration-bot identity {target.name}` shows what to write.",
        )
    if scene.subscriptions:
        yield PostgresError(
            f"{target.name} is sent rows from elsewhere, by the subscriptions "
            f"{', '.join(scene.subscriptions[:_SHOWN])}. Nothing was changed.",
            hint="Drop them first (`DROP SUBSCRIPTION …`), if nobody needs what they bring.",
        )


def _named(sessions: Sequence[Session]) -> str:
    said = "; ".join(each.words for each in sessions[:_SHOWN])
    more = len(sessions) - _SHOWN
    return f"{said}; and {more} more" if more > 0 else said
