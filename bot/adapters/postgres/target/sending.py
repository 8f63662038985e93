"""What is sent for one transaction: what comes first, a file's statements, and what comes last."""

from bisect import bisect_right
from collections.abc import Collection, Sequence

from bot.adapters.postgres.piping import Query
from bot.core.targets.target import Target

# The server says a setting in the largest unit that fits, and 0 is no limit at all.
_CAP = """SELECT pg_catalog.set_config(name, most::text, true)
    FROM (VALUES {limits}) AS cap (name, most)
    WHERE extract(epoch FROM pg_catalog.current_setting(name)::interval) * 1000
          NOT BETWEEN 1 AND most"""
# As from the beginning of the session: if we vanish, the server does not wait for us for long.
_IDLE = 60_000


class Sent:
    """`queries` is all of it, and knows which of the file's statements each query is.

    After a statement whose place is in `lifting` the limits are set again, unless the file is
    content with less.
    """

    def __init__(
        self,
        first: Sequence[Query],
        texts: Sequence[str],
        last: Sequence[Query],
        *,
        lifting: Collection[int] = (),
        limit: Query | None = None,
    ) -> None:
        self.first, self.last, self.count = len(first), len(last), len(texts)
        self._places: list[int] = []
        self.queries = [*first]
        for place, text in enumerate(texts):
            self._places.append(len(self.queries))
            self.queries.append((text, ()))
            if limit is not None and place in lifting:
                self.queries.append(limit)
        self.queries += last
        self._texts = {each: place for place, each in enumerate(self._places)}

    def statement(self, place: int) -> int | None:
        """Which of the statements this query is; None for what is ours."""
        return self._texts.get(place)

    def of_last(self, place: int) -> int:
        """Where it is in what comes last; negative before."""
        return place - (len(self.queries) - self.last)

    def nearest(self, place: int) -> int:
        """The statement that was under way, the first before it was begun; the number of them
        behind the last."""
        if self.of_last(place) >= 0:
            return self.count
        return max(0, bisect_right(self._places, place) - 1)


def limit_again(target: Target, lock_timeout: int) -> Query:
    """Sets the limits of a target again where a file has lifted them; milliseconds."""
    most = {"lock_timeout": lock_timeout, "idle_in_transaction_session_timeout": _IDLE}
    if target.statement_timeout:
        most["statement_timeout"] = target.statement_timeout
    limits = ", ".join(f"('{name}', {milliseconds})" for name, milliseconds in most.items())
    return _CAP.format(limits=limits), ()
