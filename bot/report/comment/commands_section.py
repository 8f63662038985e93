"""The last commands of a pull request, as a fold at the end of its comment.

It can be put into a comment that is already written: what was judged is not known where a command
is answered.
"""

import re
from collections.abc import Sequence

from bot.core.github.said import Answered, Reaction
from bot.report.template import render
from bot.report.words import clipped

SIGNS = {
    None: "⏳",
    Reaction.READ: "👀",
    Reaction.DONE: "👍",
    Reaction.ROLLED_OUT: "🚀",
    Reaction.REFUSED: "👎",
    Reaction.FAILED: "😕",
}
MOST = 5
_LONGEST_ANSWER = 1200
_LONGEST_LINE = 200
_OPEN, _CLOSE = "<!-- commands -->\n", "<!-- /commands -->\n\n"
# Ours are the last lines of the comment: what looks like them above is somebody's text.
_FOOTER = re.compile(r"<sub>[^\n]*</sub>\s*\Z")


def commands_section(answered: Sequence[Answered]) -> str:
    """The fold, newest first; "" if nobody gave a command."""
    if not answered:
        return ""
    newest = [*answered][::-1][:MOST]
    shown = render(
        "commands.md.j2",
        commands=newest,
        signs=SIGNS,
        lines={each: clipped(each.line, _LONGEST_LINE) for each in newest},
        answers={each: clipped(each.answer, _LONGEST_ANSWER).splitlines() for each in newest},
    )
    return f"{_OPEN}{shown}{_CLOSE}"


def with_commands(body: str, answered: Sequence[Answered]) -> str:
    """The comment with this list in the place of the one it had."""
    text = body.replace("\r\n", "\n")
    footer = _FOOTER.search(text)
    above, below = (text[: footer.start()], text[footer.start() :]) if footer else (text, "")
    if above.endswith(_CLOSE) and (start := above.rfind(_OPEN)) >= 0:
        above = above[:start]
    return f"{above}{commands_section(answered)}{below}"
