"""Where a target's backups go, and what takes them."""

from collections.abc import Iterator, Sequence

from bot.core.backups.level import Level
from bot.core.backups.sources import PgBaseBackup, PgDump
from bot.core.counting import count
from bot.core.doctor.access import Access, StoreLook
from bot.core.doctor.check import Check, State, passed, refused, skipped
from bot.core.doctor.machine import Programs
from bot.core.rehearsals.sizes import size_text
from bot.core.targets.target import Target

NAMES = ("backup-store", "backup-key", "backup-space")


def backup_checks(
    target: Target,
    store: StoreLook | None,
    programs: Sequence[Programs],
    major: int | None,
    access: Access | None,
) -> Iterator[Check]:
    """`store` is None where recovery points are kept elsewhere, `major` and `access` where the
    server did not answer."""
    yield backup_programs(target, programs, major)
    if store is None:
        why = "recovery points are kept elsewhere, by somebody else."
        yield from (skipped(name, why) for name in NAMES)
        return
    yield backup_store(target, store)
    yield backup_key(target, store)
    yield backup_space(target, store, access)


def backup_programs(target: Target, programs: Sequence[Programs], major: int | None) -> Check:
    """Whether something here is as new as the server."""
    name = "backup-programs"
    if not isinstance(target.backup.source, PgDump | PgBaseBackup):
        return skipped(name, "backups are not taken by PostgreSQL's own programs.")
    if major is None:
        return skipped(name, "which version the server has is not known.")
    had = ", ".join(str(each) for each in sorted({each.major for each in programs})) or "none"
    install = f"Install PostgreSQL {major}, such as with `apt-get install postgresql-{major}`, or "
    install += "set MIGRATION_BOT_PG_BIN."
    if isinstance(target.backup.source, PgBaseBackup):
        if any(each.major == major and each.copies and each.runs_servers for each in programs):
            return passed(name, f"PostgreSQL {major} is here whole, as a copy needs it.")
        said = f"A copy needs the whole of PostgreSQL {major} here (found: {had})."
        return _built(name, target, said, install)
    able = [each for each in programs if each.dumps and each.major >= major]
    if not able:
        said = f"No pg_dump here is as new as the server, {major} (found: {had})."
        return _built(name, target, said, install)
    if target.backup.level is Level.RESTORE and not any(each.runs_servers for each in able):
        said = f"No server here is as new as {major} to prove a backup on (found: {had})."
        return _built(name, target, said, install)
    return passed(name, f"pg_dump {min(each.major for each in able)} fits the server.")


def backup_store(target: Target, store: StoreLook) -> Check:
    if store.trouble is not None:
        return refused("backup-store", store.trouble, _gravity(target))
    if not store.begun:
        said = f"{store.words} is made by the first backup, and can be."
        return passed("backup-store", said)
    tried = "can be read and written, and overwrites nothing" if store.probed else "can be used"
    kept = count(store.backups, "backup")
    wrote = " What was written to see that is removed." if store.probed else ""
    return passed("backup-store", f"{store.words} {tried}; it has {kept}.{wrote}")


def backup_key(target: Target, store: StoreLook) -> Check:
    """Public keys must be usable here; a private one is for whoever restores."""
    if store.sealing is not None:
        return refused("backup-key", store.sealing, _gravity(target))
    if store.opening is not None:
        return refused("backup-key", store.opening, State.WARN)
    if not store.recipients:
        return skipped("backup-key", "backups are not encrypted by the configuration.")
    keys = count(store.recipients, "public key")
    opens = "; this machine has a private key" if store.opens else ""
    return passed("backup-key", f"Backups are encrypted to {keys}{opens}.")


def backup_space(target: Target, store: StoreLook, access: Access | None) -> Check:
    """A dump is smaller than its database, most of the time."""
    if store.free is None:
        return skipped("backup-space", f"nobody says how much is free in {store.words}.")
    free = size_text(store.free)
    if access is None or access.size is None:
        return skipped("backup-space", f"{free} are free; how big the database is, is not known.")
    if store.free < access.size:
        said = f"Only {free} are free for backups, and the database has {size_text(access.size)}."
        advice = f"Free some of it, or run `migration-bot backups prune {target.name}`."
        return Check("backup-space", State.WARN, said, advice)
    return passed("backup-space", f"{free} are free, for a database of {size_text(access.size)}.")


def _built(name: str, target: Target, said: str, advice: str) -> Check:
    return Check(name, _gravity(target), said, advice)


def _gravity(target: Target) -> State:
    """Where a backup is a condition, nothing is rolled out without one."""
    return State.FAIL if target.backup.required else State.WARN
