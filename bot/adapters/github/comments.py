"""The bot's own comments on a pull request."""

from collections.abc import Callable, Sequence
from functools import cached_property

from github import Github, GithubException
from github.IssueComment import IssueComment
from github.PullRequest import ReviewComment
from github.Repository import Repository

from bot.adapters.github.accounts import login_of
from bot.adapters.github.client import ACTIONS_LOGIN, explained, may_have_happened
from bot.core.github.pull import Comment, LineComment

Clean = Callable[[str], str]
VIEWER = "query Viewer { viewer { login } }"

_BOT = "[bot]"
_NEEDS = "pull-requests: write"


class Comments:
    """Found by author: a marker alone could be pasted by anybody.

    `login` is who we are, if the token cannot say so itself. `clean` strikes secrets out.
    """

    def __init__(
        self, client: Github, repository: Repository, clean: Clean, login: str | None
    ) -> None:
        self._client = client
        self._repository = repository
        self._clean = clean
        self._login = login
        self._written: dict[int, dict[int, Comment]] = {}

    def own_comments(self, pull: int) -> tuple[Comment, ...]:
        """Also those this run has written, which GitHub may not list for a moment."""
        with explained(f"read the comments of #{pull}", needs="pull-requests: read"):
            issue = self._repository.get_issue(pull)
            listed = {
                each.id: Comment(each.id, each.body or "")
                for each in issue.get_comments()
                if (login_of(each.user) or "").lower() == self._me.lower()
            }
            return tuple((self._written.get(pull, {}) | listed).values())

    def create_comment(self, pull: int, body: str, *, mine: Callable[[str], bool]) -> None:
        """A lost answer is looked into, not repeated blindly: the comment may be there."""
        with explained(f"comment on #{pull}", needs=_NEEDS):
            try:
                made = self._repository.get_issue(pull).create_comment(self._clean(body))
            except Exception as error:
                if not may_have_happened(error):
                    raise
                if not any(mine(each.body) for each in self.own_comments(pull)):
                    raise
            else:
                self._written.setdefault(pull, {})[made.id] = Comment(made.id, self._clean(body))

    def edit_comment(self, pull: int, comment: int, body: str) -> None:
        with explained(f"update the comment on #{pull}", needs=_NEEDS):
            try:
                self._find(pull, comment).edit(self._clean(body))
            except GithubException as error:
                if error.status in (404, 410):
                    self._written.get(pull, {}).pop(comment, None)
                raise

    def delete_comment(self, pull: int, comment: int) -> None:
        """One that is not there is deleted: somebody was first, or the answer that said so was
        lost."""
        with explained(f"delete a doubled comment on #{pull}", needs=_NEEDS):
            self._written.get(pull, {}).pop(comment, None)
            try:
                self._find(pull, comment).delete()
            except GithubException as error:
                if error.status != 404:
                    raise

    def own_line_comments(self, pull: int) -> tuple[Comment, ...]:
        with explained(f"read the comments on lines of #{pull}", needs="pull-requests: read"):
            return tuple(
                Comment(each.id, each.body or "")
                for each in self._repository.get_pull(pull).get_review_comments()
                if (login_of(each.user) or "").lower() == self._me.lower()
            )

    def comment_lines(
        self, pull: int, commit: str, comments: Sequence[LineComment], *, introduction: str
    ) -> None:
        """GitHub takes the review as a whole or not at all. It is asked once: a lost answer leaves
        comments that the next run finds. What holds a secret is left out, because a suggestion with
        the secret struck out would be committed so."""
        harmless = [each for each in comments if self._clean(each.body) == each.body]
        if not harmless:
            return
        with explained(f"suggest changes on #{pull}", needs=_NEEDS):
            self._repository.get_pull(pull).create_review(
                commit=self._repository.get_commit(commit),
                body=self._clean(introduction),
                event="COMMENT",
                comments=[_on_lines(each) for each in harmless],
            )

    def _find(self, pull: int, comment: int) -> IssueComment:
        return self._repository.get_issue(pull).get_comment(comment)

    @cached_property
    def _me(self) -> str:
        """The token of an app may not ask REST who it is, and GraphQL tells it."""
        if self._login:
            return self._login
        try:
            return self._client.get_user().login
        except GithubException as error:
            if error.status not in (403, 404):
                raise
        return self._app()

    def _app(self) -> str:
        """The login under which an app writes. Where there is no GraphQL, a workflow's own token is
        the likely one."""
        try:
            _, answer = self._client.requester.graphql_query(VIEWER, {})
            name: str = answer["data"]["viewer"]["login"]
        except (GithubException, LookupError, TypeError):
            return ACTIONS_LOGIN
        return f"{name.removesuffix(_BOT)}{_BOT}"


def _on_lines(comment: LineComment) -> ReviewComment:
    made = ReviewComment(path=comment.path, body=comment.body, line=comment.line, side="RIGHT")
    if comment.start_line < comment.line:
        made |= {"start_line": comment.start_line, "start_side": "RIGHT"}
    return made
