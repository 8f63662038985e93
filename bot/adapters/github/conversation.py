"""What others say on a pull request, and the bot's signs on it."""

from collections.abc import Callable
from datetime import UTC

from github import GithubException
from github.IssueComment import IssueComment
from github.Repository import Repository

from bot.adapters.github.accounts import login_of
from bot.adapters.github.client import explained
from bot.core.github.said import Reaction, Remark

_PERSON = "User"


class Conversation:
    """The conversations of one repository's pull requests. `me` is the bot's own login."""

    def __init__(self, repository: Repository, me: Callable[[], str]) -> None:
        self._repository = repository
        self._who = me

    def remarks(self, pull: int) -> tuple[Remark, ...]:
        with explained(f"read the comments of #{pull}", needs="pull-requests: read"):
            return tuple(map(_value, self._repository.get_issue(pull).get_comments()))

    def remark(self, comment: int) -> Remark | None:
        with explained("read the comment of a command", needs="pull-requests: read"):
            try:
                # Asked for by its own number: the issue it belongs to is in the answer.
                return _value(self._comment(comment))
            except GithubException as error:
                if error.status == 404:
                    return None
                raise

    def reactions(self, comment: int) -> frozenset[Reaction]:
        with explained("read the reactions to a command", needs="pull-requests: read"):
            own = {
                each.content
                for each in self._comment(comment).get_reactions()
                if (login_of(each.user) or "").lower() == self._who().lower()
            }
            return frozenset(each for each in Reaction if each.value in own)

    def react(self, comment: int, reaction: Reaction) -> None:
        with explained("react to a command", needs="pull-requests: write"):
            self._comment(comment).create_reaction(reaction.value)

    def _comment(self, comment: int) -> IssueComment:
        return self._repository.get_issue(0).get_comment(comment)


def _value(comment: IssueComment) -> Remark:
    """A comment without an author is that of an account that is gone."""
    author, login = comment.user, login_of(comment.user)
    return Remark(
        id=comment.id,
        pull=int(comment.issue_url.rpartition("/")[2]),
        login=login or "",
        body=comment.body or "",
        at=comment.created_at.astimezone(UTC),
        human=login is not None
        and author.type == _PERSON
        and comment.performed_via_github_app is None,
        edited=comment.updated_at != comment.created_at,
    )
