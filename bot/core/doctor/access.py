"""What a target's connection and role can do, and where its backups go."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.doctor.check import Trouble


@dataclass(frozen=True)
class Access:
    """`local` says that the connection leaves no machine, `verified` that the server's certificate
    is checked. `ahead` is by how many seconds the server's clock is ahead of ours, as far as that
    is certain. `size` is the database's, in bytes.

    `lock_timeout` says that a transaction has the one it sets. `others` are tables of the schema
    whose owners our role does not stand for, by owner; `unreadable` tables and sequences that it
    may not read, `filtered` tables whose row level security holds for it. `shelf` says whether the
    schema of the bot's own is there, and our role may work in it; None if it is not there.
    """

    superuser: bool = False
    replication: bool = False
    local: bool = True
    encrypted: bool = False
    verified: bool = False
    ahead: float = 0.0
    size: int | None = None
    lock_timeout: bool = True
    wal_level: str = "replica"
    wal_senders: int = 10
    others: Mapping[str, int] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()
    filtered: tuple[str, ...] = ()
    shelf: bool | None = None


@dataclass(frozen=True)
class StoreLook:
    """Where a target's backups are kept. `begun` is False for a directory that the first backup
    makes; `free` is what is left there in bytes, None if nobody says. `probed` says that something
    small was written there, and removed. `trouble` is what it refused.

    `recipients` is how many public keys backups are encrypted to, `sealing` what is wrong with
    them. `opening` is what is wrong with the private key that this machine was given, None if it
    was given none or it is fine; `opens` whether it was given one.
    """

    words: str
    begun: bool = True
    free: int | None = None
    probed: bool = False
    backups: int = 0
    trouble: Trouble | None = None
    recipients: int = 0
    sealing: Trouble | None = None
    opening: Trouble | None = None
    opens: bool = False
