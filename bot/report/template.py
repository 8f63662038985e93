"""The templates of the Markdown faces, and the filters every value passes on its way into them.

A template prints nothing but filtered text and numbers: whatever was not escaped for its place is
refused, so that forgetting a filter is an error and never an injection.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from bot.report import escape, verified_words, words
from bot.report.comment import gate_rows

if TYPE_CHECKING:
    from jinja2 import Environment


_LONGEST = 1500


class Shown(str):
    """Text that has been escaped for the place it is printed at."""

    __slots__ = ()


def render(name: str, **values: Any) -> str:
    return _environment().get_template(name).render(values)


@cache
def _environment() -> "Environment":
    # jinja2 takes a fifth of a second to import, and most commands print no Markdown.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("bot.report"),
        autoescape=False,  # noqa: S701 - it knows HTML only; `finalize` guards every expression
        undefined=StrictUndefined,
        finalize=_only_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(_filters())
    return environment


def _only_shown(value: object) -> object:
    if isinstance(value, Shown) or type(value) is int:
        return value
    raise TypeError(f"A template printed {value!r} without saying how it is escaped.")


def _filters() -> dict[str, Callable[..., object]]:
    return {
        "inline": _remembered(escape.inline),
        "prose": _remembered(escape.prose),
        "code": _remembered(escape.code),
        "fence": _shown(escape.fence),
        "html": _remembered(escape.html),
        "target": _remembered(escape.link_target),
        "time": _shown(words.time),
        "duration": _shown(words.duration),
        "size": _shown(words.size),
        "count": _shown(words.count),
        "ours": _shown(str),
        # These give texts, or values of texts, which still have to be escaped.
        "drift_sentence": verified_words.drift_sentence,
        "drift_lines": verified_words.drift_lines,
        "check_sentences": verified_words.check_sentences,
        "gate_table": gate_rows.gate_table,
    }


def _remembered(function: Callable[[str], str]) -> Callable[..., Shown]:
    """A long report is drawn several times until it fits, with the same names in it."""
    return lru_cache(maxsize=1 << 14)(lambda text: Shown(function(words.clipped(text, _LONGEST))))


def _shown(function: Callable[..., str]) -> Callable[..., Shown]:
    return lambda *arguments: Shown(function(*arguments))
