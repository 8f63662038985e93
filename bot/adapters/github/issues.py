"""The issues that the bot keeps, found by their author and a label."""

from collections.abc import Callable

from github.Issue import Issue as Found
from github.Repository import Repository

from bot.adapters.github.client import explained, may_have_happened
from bot.adapters.github.comments import Clean
from bot.core.github.issue import Issue

_NEEDS = "issues: write"


class Issues:
    """Found by author: a marker alone could be pasted by anybody. `clean` strikes secrets out."""

    def __init__(self, repository: Repository, clean: Clean, *, me: Callable[[], str]) -> None:
        self._at = repository
        self._strike = clean
        self._author = me

    def own_issues(self, label: str) -> tuple[Issue, ...]:
        with explained("read the issues", needs="issues: read"):
            # PyGithub takes a login too, and its annotation of `creator` names users only.
            found = self._at.get_issues(state="all", labels=[label], creator=self._author())  # type: ignore[arg-type]
            return tuple(_issue(each) for each in found if each.pull_request is None)

    def open_issue(
        self, title: str, body: str, *, label: str, mine: Callable[[str], bool]
    ) -> Issue:
        """A lost answer is looked into, not repeated blindly: the issue may be there."""
        with explained("open an issue", needs=_NEEDS):
            try:
                return _issue(
                    self._at.create_issue(
                        self._strike(title), body=self._strike(body), labels=[label]
                    )
                )
            except Exception as error:
                if not may_have_happened(error):
                    raise
                there = [each for each in self.own_issues(label) if mine(each.body)]
                if not there:
                    raise
                return there[0]

    def edit_issue(self, issue: int, *, title: str, body: str, open: bool) -> None:
        with explained(f"update issue #{issue}", needs=_NEEDS):
            self._at.get_issue(issue).edit(
                title=self._strike(title),
                body=self._strike(body),
                state="open" if open else "closed",
            )

    def comment_on_issue(self, issue: int, body: str) -> None:
        with explained(f"comment on issue #{issue}", needs=_NEEDS):
            self._at.get_issue(issue).create_comment(self._strike(body))


def _issue(found: Found) -> Issue:
    return Issue(found.number, found.title, found.body or "", found.state == "open")
