"""Who holds the migration lock of a target, and how a session says who it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

OURS = "migration-bot/"

# PostgreSQL cuts names of sessions after 63 bytes (NAMEDATALEN).
_LONGEST = 63
# Between two statements nobody who migrates is idle for so long; during a backup the bot is.
_STRANDED = 60.0


def session_name(target: str, who: str) -> str:
    """`migration-bot/<target>/<who>`, the application_name of a session of ours. In ASCII, as
    PostgreSQL would turn anything else into question marks."""
    name = f"{OURS}{target}/{who}" if who else f"{OURS}{target}"
    return "".join(each if " " <= each <= "~" else "?" for each in name)[:_LONGEST]


def who_is(environ: Mapping[str, str], user: str, host: str) -> str:
    """The run on GitHub, or the person at a machine."""
    run = environ.get("GITHUB_RUN_ID", "")
    if environ.get("GITHUB_ACTIONS") == "true" and run.isdecimal():
        return f"run {run}"
    return f"{user}@{host}"


@dataclass(frozen=True)
class Holder:
    """A session that holds the migration lock, as far as our role may see it.

    `since` is when the session began, None if that may not be seen. `address` is where it comes
    from, "" for the server's own machine. `idle` is seconds since its last statement, 0 while one
    runs. `query` is its last one, without literals.
    """

    pid: int
    application: str = ""
    user: str = ""
    address: str = ""
    since: datetime | None = None
    state: str = ""
    idle: float = 0.0
    query: str = ""

    def __str__(self) -> str:
        """migration-bot/staging/run 42 (process 7, user app, from 10.0.0.7, since 12:00:00 UTC)"""
        known = [f"process {self.pid}"]
        known += [f"user {self.user}"] if self.user else []
        known += [f"from {self.address}"] if self.address else []
        known += [f"since {self.since.astimezone(UTC):%H:%M:%S} UTC"] if self.since else []
        return f"{self.application or 'a session without a name'} ({', '.join(known)})"

    @property
    def words(self) -> str:
        """The same, with what it is doing."""
        doing = f"idle for {self.idle:.0f} s, last with" if self.idle else self.state
        said = [each for each in (doing, self.query) if each]
        return f"{self}, {' '.join(said)}" if self.query else str(self)

    @property
    def ours(self) -> bool:
        return self.application.startswith(OURS)

    @property
    def stranded(self) -> bool:
        """Whether it looks as if whoever took the lock had gone, and a pooler kept the session."""
        return not self.ours and self.state == "idle" and self.idle > _STRANDED
