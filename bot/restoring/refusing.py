"""What a restore refuses to begin with, because it would fail, or do what nobody meant."""

from bot.core.backups.backup import Manifest
from bot.core.counting import count
from bot.core.restores.plan import How
from bot.core.restores.scene import Scene
from bot.errors import BackupError, BotError, PostgresError, UsageError
from bot.restoring.order import Order

_DUMP = "directory"
_UNKNOWN = ("", "unknown")


def require_its_own(manifest: Manifest, scene: Scene, order: Order) -> None:
    """Raises BackupError for a backup of another target, database or server, unless that is meant:
    somebody may have put a file in the place of another."""
    if manifest.target != order.source.name:
        raise _of_another(manifest, f"is of the target {manifest.target}", order)
    if order.of_another or order.source.name != order.target.name:
        return
    if manifest.database != scene.database:
        raise _of_another(manifest, f"is of the database {manifest.database}", order)
    both = manifest.system_identifier, scene.system_identifier
    if both[0] != both[1] and not set(both) & set(_UNKNOWN):
        raise _of_another(manifest, f"is of another server (its identifier is {both[0]})", order)


def require_able(manifest: Manifest, scene: Scene, order: Order) -> None:
    """Raises BackupError if the server cannot take this backup, whichever way."""
    if scene.major < manifest.server_major:
        raise BackupError(
            f"The backup {manifest.id} is of PostgreSQL {manifest.server_major}, and the server of "
            f"{order.target.name} is older: {scene.version}.",
            hint=f"Restore it into a server of PostgreSQL {manifest.server_major} or newer.",
        )
    if not manifest.format.startswith(_DUMP):
        raise BackupError(
            f"The backup {manifest.id} is no dump of one database, but {manifest.format}.",
            hint="What it is put back with is in docs/how-to/recover.md.",
        )
    if manifest.touched is not None:
        raise BackupError(
            f"The backup {manifest.id} has the rows of "
            f"{count(len(manifest.touched), 'table')} only: what it would be "
            "put in the place of has more.",
            hint="Restore a whole backup; or take single rows out of this one by hand, with "
            "pg_restore into a database of its own.",
        )
    lacking = scene.lacks(manifest.roles) if order.owners else ()
    if lacking:
        raise BackupError(
            f"The server of {order.target.name} lacks roles that own or may use what is in the "
            f"backup: {', '.join(lacking)}.",
            hint=f"Create them (CREATE ROLE {lacking[0]}), or let everything belong to "
            f"{scene.role}, and nothing be granted: --without-owners.",
        )
    if scene.there and scene.tables is None and not order.without_backup:
        raise BackupError(
            f"What is in {order.target.name} now cannot be read, and so not be backed up: "
            f"{scene.problem or 'nobody counted it'}",
            hint="Mend that; or if it is past mending, restore with --without-backup REASON.",
        )


def way_of(scene: Scene, order: Order) -> How:
    """How it is going to be put there. Raises PostgresError or UsageError if no way is open."""
    if order.how is not None:
        problem = _swap_problem(scene) if order.how is How.SWAP else _load_problem(scene)
        if problem is not None:
            raise problem
        return order.how
    unable = _swap_problem(scene)
    if unable is None:
        return How.SWAP
    if scene.may_not_swap and _load_problem(scene) is None:
        return How.LOAD
    raise unable


def _swap_problem(scene: Scene) -> BotError | None:
    if scene.may_not_swap:
        return PostgresError(
            f"{scene.database} cannot change places with a restored one: {scene.may_not_swap}.",
            hint="Use a role that owns the database and has CREATEDB, or --how load.",
        )
    if scene.prepared:
        return PostgresError(
            f"{scene.database} has prepared transactions, and cannot be renamed: "
            f"{', '.join(scene.prepared)}.",
            hint=f"Connect to it and run ROLLBACK PREPARED '{scene.prepared[0]}', or COMMIT "
            "PREPARED; then run this again.",
        )
    if scene.cannot_end:
        return PostgresError(
            f"{scene.role} may not end the sessions of {', '.join(scene.cannot_end)} in "
            f"{scene.database}.",
            hint=f"Stop what they are of, or GRANT pg_signal_backend TO {scene.role}; sessions of "
            "a superuser only a superuser can end.",
        )
    return None


def _load_problem(scene: Scene) -> BotError | None:
    if not scene.there:
        return UsageError(
            f"There is no database {scene.database} to load into.",
            hint="Restore with --how swap, by a role that may create it.",
        )
    if scene.tables is None:
        return PostgresError(
            f"{scene.database} cannot be loaded into: {scene.problem or 'it cannot be read.'}",
            hint="Restore with --how swap, by a role that owns it and has CREATEDB.",
        )
    if scene.cannot_load:
        return PostgresError(
            f"{scene.role} cannot empty {scene.database} in one transaction, because of "
            f"{'; '.join(scene.cannot_load)}.",
            hint="Use the role that owns all of it; or one with CREATEDB, and --how swap.",
        )
    return None


def _of_another(manifest: Manifest, what: str, order: Order) -> BackupError:
    return BackupError(
        f"The backup {manifest.id} {what}, and {order.target.name} is not that one. Nothing was "
        "changed.",
        hint="Name another backup. If the server was replaced, or this is meant for another "
        "reason, say so with --of-another; into another target, with --into.",
    )
