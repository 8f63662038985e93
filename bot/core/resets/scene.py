"""What is in a database that is to be reset, and who is there."""

from dataclasses import dataclass

from bot.core.targets.identity import Mark
from bot.core.targets.server import ServerFacts


@dataclass(frozen=True)
class Session:
    """Somebody else's, in the same database."""

    pid: int
    user: str
    application: str = ""
    address: str = ""

    @property
    def words(self) -> str:
        called = self.application or "no name"
        place = f" from {self.address}" if self.address else ""
        return f"process {self.pid} ({called}, user {self.user}{place})"


@dataclass(frozen=True)
class Scene:
    """`marks` are those on the migrations tables of every schema. `kinds` are the kinds of target
    as which rollouts were written down there. `slots` are logical replication slots, `standbys` how
    many follow the server. `subscriptions` bring rows here. `tables` are all but the migrations
    table and our own. `hosts` are those who rent the server out. `unfinished` says that a reset of
    it was broken off.
    """

    facts: ServerFacts
    template: bool = False
    sessions: tuple[Session, ...] = ()
    prepared: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    standbys: int = 0
    marks: tuple[Mark, ...] = ()
    kinds: tuple[str, ...] = ()
    subscriptions: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    tables: int = 0
    size: int = 0
    unfinished: bool = False


@dataclass(frozen=True)
class Clearing:
    """What is taken out so that a history can be applied anew.

    `schemas` are emptied, and stay with their owner, rights and comment; of these `remade` are
    dropped, since the history creates them without IF NOT EXISTS, and so are `extensions` and
    `objects` (their kind in SQL's words, and their name). `rights` says that the owners and rights
    of what is made anew are given back: the history says nothing about them.
    """

    schemas: tuple[str, ...]
    remade: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    objects: tuple[tuple[str, str], ...] = ()
    rights: bool = True
