"""A PostgreSQL server, as far as a decision needs to know it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ServerFacts:
    """What must be known of a server before anything is written to it."""

    version: str
    major: int
    database: str
    read_only: bool
    in_recovery: bool
