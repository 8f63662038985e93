"""What a warden has to know to make a server: programs, user, place, settings, access."""

import os
import pwd
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot.adapters.postgres.tools import Installation
from bot.errors import PostgresError

SUPERUSER = "postgres"
START_SECONDS = 60.0
SOCKET_PATH_LIMIT = 100

# How many times a server's limit has to be free in memory for it to be kept there.
IN_MEMORY_SHARE = 2

SETTINGS = {
    # Nothing here has to survive a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # In the data directory, so that it is removed with it; /dev/shm would keep it after a crash.
    "dynamic_shared_memory_type": "mmap",
}


@dataclass(frozen=True)
class Confinement:
    """What a server that runs strangers' SQL may take: bytes of memory for each of its processes,
    and bytes in a file. It has no network."""

    memory: int
    file_size: int


@dataclass(frozen=True)
class Provision:
    """What only some servers are made with.

    `template` is a data directory in place of initdb's, as archive.py packs it or as it is: then it
    is moved in. And `initdb` more
    arguments of initdb. `extensions` are files of extensions by their names; a setting may name
    the directory in which they are to be looked for as `{private}/extensions`.
    """

    template: Path | None = None
    initdb: tuple[str, ...] = ()
    extensions: Mapping[str, str] = field(default_factory=dict)
    confinement: Confinement | None = None


PLAIN = Provision()


def recipe(
    installation: Installation,
    *,
    tcp: bool,
    password: str | None,
    settings: Mapping[str, str],
    provision: Provision = PLAIN,
) -> dict[str, Any]:
    """Everything the warden has to know, decided here."""
    if not installation.runs_servers:
        raise PostgresError(
            f"{installation} has no initdb and postgres in it.",
            hint="Install the server programs, or `pip install 'migration-bot[embedded]'`.",
        )
    account = _account()
    arguments = ["-U", SUPERUSER, "-E", "UTF8", "--no-sync", "--no-instructions", *provision.initdb]
    method = "scram-sha-256" if password else "trust"
    hosts = [f"host all all {address} {method}\n" for address in ("127.0.0.1/32", "::1/128")]
    return {
        "base": str(_base(account, in_memory(provision.confinement))),
        "bin": str(installation.bin),
        "trees": _trees(installation.bin),
        "bin_place": str(_place(installation.bin)),
        "account": account,
        "initdb": [*arguments, "-A", method],
        "locales": _locales(installation.major),
        "hba": "".join([f"local all all {method}\n", *(hosts if tcp else [])]),
        "settings": {**SETTINGS, **settings},
        "password": password,
        "tcp": tcp,
        "seconds": START_SECONDS,
        "template": str(provision.template) if provision.template else None,
        "extensions": dict(provision.extensions),
        "confinement": _confinement(provision.confinement, installation.major),
    }


def _confinement(wanted: Confinement | None, major: int) -> dict[str, Any] | None:
    if wanted is None:
        return None
    # Before 15 a server counts rows by sending itself packets.
    return {**asdict(wanted), "network": True, "loopback": major < 15}


def _locales(major: int) -> list[list[str]]:
    """The same order and case on every machine: by code point, with Unicode's upper and lower."""
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []
    return [[*builtin, "--locale=C.UTF-8"], [*builtin, "--locale=C"]]


def _account() -> dict[str, int] | None:
    """Whom the server runs as: PostgreSQL refuses to be root, so then an existing other user."""
    if os.geteuid() != 0:
        return None
    entries = [entry for entry in pwd.getpwall() if entry.pw_uid != 0 and entry.pw_gid != 0]
    named = [entry for entry in entries if entry.pw_name == "nobody"]
    for entry in named or entries:
        return {"uid": entry.pw_uid, "gid": entry.pw_gid}
    raise PostgresError(
        "PostgreSQL does not run as root, and there is no other user on this machine.",
        hint="Run migration-bot as an ordinary user.",
    )


def in_memory(
    confinement: Confinement | None, environ: Mapping[str, str] = os.environ
) -> tuple[Path, ...]:
    """A file system in memory, for a server that takes no more of it than a share that is free.

    A template is several hundred files, and some disks take two seconds to make those. Whoever has
    set TMPDIR has chosen.
    """
    shared = Path("/dev/shm")  # noqa: S108
    if confinement is None or "TMPDIR" in environ or not shared.is_dir():
        return ()
    status = os.statvfs(shared)
    free = status.f_bavail * status.f_frsize
    unused = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    roomy = min(free, unused) >= confinement.file_size * IN_MEMORY_SHARE
    # The server's programs may have to be copied there.
    return (shared,) if roomy and not status.f_flag & os.ST_NOEXEC else ()


def _base(account: Mapping[str, int] | None, preferred: tuple[Path, ...] = ()) -> Path:
    """Where private directories are made: reachable by the server, with a short name."""
    usual = (tempfile.gettempdir(), "/tmp", "/var/tmp")  # noqa: S108
    for candidate in (*preferred, *map(Path, usual)):
        base = candidate.resolve()
        longest = base / "migration-bot-pg-12345678" / "socket" / ".s.PGSQL.65535"
        short = len(os.fsencode(longest)) <= SOCKET_PATH_LIMIT
        open_to_all = account is None or all(
            place.stat().st_mode & 0o001 for place in (base, *base.parents)
        )
        if short and open_to_all and os.access(base, os.W_OK | os.X_OK):
            return base
    raise PostgresError(
        "There is no temporary directory in which a server can keep its socket.",
        hint="Set TMPDIR to a writable directory with a short name that every user may enter.",
    )


def _place(programs: Path) -> Path:
    """The programs' place when their tree is moved, keeping what they find by relative path."""
    return Path(*programs.parts[-3:])


def _trees(programs: Path) -> list[tuple[str, str]]:
    """What has to move with the programs: their siblings, and a wheel's bundled libraries."""
    prefix, place = programs.parent, _place(programs).parent
    trees = [(prefix / name, place / name) for name in ("bin", "lib", "lib64", "share")]
    bundled = prefix.parent.with_name(prefix.parent.name + ".libs")
    trees.append((bundled, Path(bundled.name)))
    return [(str(source), str(target)) for source, target in trees if source.is_dir()]
