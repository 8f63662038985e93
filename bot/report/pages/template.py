"""The templates of the pages. Whatever they print is escaped, cleaned of secrets, and shown whole:
a character that cannot be seen, or turns the direction of what follows, is shown by its number.
"""

import html
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.report import words
from bot.report.escape import visible
from bot.report.pages.filters import filters
from bot.report.pages.marked import Marked

if TYPE_CHECKING:
    from jinja2 import Environment

Clean = Callable[[str], str]

_LONGEST = 4000
_KEPT = 1 << 15


class Pages:
    """The templates, for one site. `clean` strikes secrets out."""

    def __init__(self, clean: Clean) -> None:
        # A board of a thousand migrations prints the same few names over and over.
        self._clean = clean
        self._remembered = lru_cache(maxsize=_KEPT)(clean)
        self._environment = _environment(self)

    def render(self, name: str, **values: Any) -> str:
        return self._environment.get_template(name).render(values)

    def shown(self, text: str) -> str:
        """Without secrets and without anything unseen; still to be escaped."""
        return visible(words.clipped(self._remembered(text), _LONGEST))

    def whole(self, text: str) -> str:
        """The same of a script, however long."""
        return visible(self._clean(text))

    def unknown(self, text: str) -> bool:
        """Whether no secret is in it."""
        return self._clean(text) == text

    def prose(self, text: str) -> Marked:
        """What stands between single backticks as code, everything else as written."""
        pieces = self.shown(text).split("`")
        if len(pieces) % 2 == 0 or "" in pieces[1:-1]:
            return Marked(html.escape(self.shown(text)))
        said = (
            f"<code>{html.escape(each)}</code>" if place % 2 else html.escape(each)
            for place, each in enumerate(pieces)
        )
        return Marked("".join(said))


def _environment(pages: Pages) -> "Environment":
    # jinja2 takes a fifth of a second to import, and most commands write no pages.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    def printed(value: object) -> object:
        # Our own HTML, and what a macro has made of escaped text.
        if type(value) is int or hasattr(value, "__html__"):
            return value
        if isinstance(value, str):
            return pages.shown(value)
        raise TypeError(f"A page printed {value!r}, which is neither text nor a number.")

    environment = Environment(
        loader=PackageLoader("bot.report.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=printed,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(filters())
    environment.filters["prose"] = pages.prose
    environment.filters["long"] = lambda text: Marked(html.escape(pages.whole(text)))
    return environment
