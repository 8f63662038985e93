"""Other people's queries, less everything in them that may be somebody's data.

A query from pg_stat_activity is cut off at some length, may be no valid SQL, and says nothing of
the settings it was read under: wherever it is not certain what a character belongs to, the rest is
left out.
"""

import re

_TOKEN = re.compile(
    r"""
      --[^\n]* | /\*(?:.*\*/|.*)                                    # comments, nested or not closed
    | (?P<literal>
          (?:[eEbBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|\Z)
        | \$(?P<tag>(?:[^\W\d]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z)
        | \.?\b\d[\w.]*(?:(?<=[eE])[+-]\d+)?
      )
    | (?P<kept>"(?:[^"]|"")*(?:"|\Z) | [^\W\d][\w$]* | \$\d+)
    """,
    re.DOTALL | re.VERBOSE,
)
_LONGEST = 200


def without_literals(query: str) -> str:
    """The query on one line, with `?` for every literal and nothing for a comment.

    A quote after a backslash ends a string or does not, as standard_conforming_strings was set: all
    that follows is left out. What is longer than 200 characters ends in `…`.
    """
    certain, _, uncertain = query.partition("\\'")
    text = " ".join(_TOKEN.sub(_shown, certain).split()).rstrip("; ")
    printable = "".join(each for each in text if each.isprintable())
    whole = not uncertain and len(printable) <= _LONGEST
    return printable if whole else f"{printable[:_LONGEST].rstrip()} …"


def _shown(token: re.Match[str]) -> str:
    if token["literal"] is not None:
        return "?"
    return token["kept"] or " "
