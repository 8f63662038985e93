"""Text for the log of GitHub's runner, which takes some of what it reads there for commands."""

import re

# `::name::` at the start of a line, blanks before it or not; the older `##[name]` anywhere in one.
_COMMAND = re.compile(r"((?:\A|[\r\n])\s*):(?=:)|##(?=\[)")
_BREAK = "\u200b"


def inert(text: str) -> str:
    """The same to the eye, with nothing in it that the runner would act upon."""
    return _COMMAND.sub(lambda match: f"{match[0]}{_BREAK}", text)
