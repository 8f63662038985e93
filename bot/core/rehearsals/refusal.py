"""What stopped a statement on a throw-away server, and why."""

from dataclasses import dataclass
from enum import StrEnum


class Stop(StrEnum):
    """Why a statement did not end as it should."""

    REFUSED = "refused"
    """PostgreSQL answered with an error, as it would in production."""
    NOT_POSSIBLE = "not possible"
    """It needs what a rehearsal does not give: a superuser, an extension, a newer major."""
    TIME = "time"
    DISK = "disk"
    MEMORY = "memory"
    CONNECTION = "connection"
    """Its connection ended: the statement, or something it started, ended it."""
    SERVER = "server"
    """The server went down, or came up again."""


@dataclass(frozen=True)
class Refusal:
    """What stopped a statement. `message` is the server's own, without values out of rows.

    `statement` is its index in the file, None where it was the end of a transaction, or the
    connection. `hint` says what to do next, where we know.
    """

    stop: Stop
    message: str
    statement: int | None = None
    sqlstate: str | None = None
    hint: str = ""
