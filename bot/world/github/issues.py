"""Issues that the bot keeps."""

from collections.abc import Callable
from typing import Protocol

from bot.core.github.issue import Issue


class Issues(Protocol):
    def own_issues(self, label: str) -> tuple[Issue, ...]:
        """Those that we have opened under the label, the closed ones too."""

    def open_issue(
        self, title: str, body: str, *, label: str, mine: Callable[[str], bool]
    ) -> Issue:
        """`mine` finds it by its body, where the answer was lost."""

    def edit_issue(self, issue: int, *, title: str, body: str, open: bool) -> None:
        """Also opens it again, or closes it."""

    def comment_on_issue(self, issue: int, body: str) -> None: ...
