"""Whose turn it is: no more at once than a server bears, and of one database one after the other.

Not safe for several threads: whoever asks holds a lock of his own.
"""

from collections import Counter, deque
from collections.abc import Iterable

from bot.core.targets.fleet import Tenant


class Turns:
    """The tenants of a wave that are still to be begun, and those at work.

    Schemas of one database share Prisma's lock, so they would only wait for each other.
    """

    def __init__(self, tenants: Iterable[Tenant], *, per_server: int) -> None:
        self._waiting = _by_server(tenants)
        self._per_server = per_server
        self._servers: Counter[str] = Counter()
        self._databases: set[str] = set()
        self._at_work = 0
        self._stopped = False

    def next(self) -> Tenant | None:
        """One that may be begun now; None if all must wait for somebody, or none is left."""
        if self._stopped:
            return None
        for server in list(self._waiting):
            if self._servers[server] < self._per_server:
                tenant = self._first(self._waiting[server])
                if tenant is not None:
                    self._begin(tenant)
                    return tenant
        return None

    def done(self, tenant: Tenant, *, again: bool = False) -> None:
        """Its turn is over; `again` puts it at the end."""
        self._at_work -= 1
        self._servers[tenant.server] -= 1
        self._databases.discard(tenant.database)
        if again:
            self._waiting.setdefault(tenant.server, deque()).append(tenant)

    def stop(self) -> None:
        """Nobody else is begun."""
        self._stopped = True

    @property
    def over(self) -> bool:
        """Whether nobody is at work, and nobody will be."""
        return self._at_work == 0 and (self._stopped or not self._waiting)

    def _first(self, waiting: deque[Tenant]) -> Tenant | None:
        """The first whose database is free; those before it keep their places."""
        for place, tenant in enumerate(waiting):
            if tenant.database not in self._databases:
                del waiting[place]
                return tenant
        return None

    def _begin(self, tenant: Tenant) -> None:
        server = tenant.server
        self._at_work += 1
        self._servers[server] += 1
        self._databases.add(tenant.database)
        # To the end: servers take turns, so that all of them have something to do.
        waiting = self._waiting.pop(server)
        if waiting:
            self._waiting[server] = waiting


def _by_server(tenants: Iterable[Tenant]) -> dict[str, deque[Tenant]]:
    found: dict[str, deque[Tenant]] = {}
    for each in tenants:
        found.setdefault(each.server, deque()).append(each)
    return found
