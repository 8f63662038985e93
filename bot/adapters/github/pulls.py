"""Pull requests: what they change, who approved them, and what their text is."""

import base64
from collections.abc import Mapping
from datetime import UTC
from itertools import islice

from github import GithubException
from github.PullRequest import PullRequest
from github.Repository import Repository

from bot.adapters.github.client import explained
from bot.core.approval import Opinion, PullFacts
from bot.core.migration import checksum_of
from bot.core.pull import Pull

# Whom GitHub shows in place of an account that was deleted.
GHOST = "ghost"
_WRITERS = frozenset({"admin", "maintain", "write"})


class Pulls:
    """The pull requests of one repository."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def pull(self, number: int) -> Pull:
        with explained(f"read pull request #{number}", needs="pull-requests: read"):
            return _value(self._repository.get_pull(number))

    def pull_of(self, commit: str) -> Pull | None:
        with explained(f"find the pull request of {commit[:12]}", needs="pull-requests: read"):
            found = [
                each for each in self._repository.get_commit(commit).get_pulls() if each.merged_at
            ]
            return self.pull(found[0].number) if found else None

    def open_pulls_at(
        self, head: str, *, branch: str, owner: str, repository: int
    ) -> tuple[Pull, ...]:
        """GitHub lists by the names of owner and branch; the commit and the id are compared here,
        because names can be given anew."""
        with explained(f"find the pull request of {head[:12]}", needs="pull-requests: read"):
            found = self._repository.get_pulls(state="open", head=f"{owner}:{branch}")
            return tuple(
                self.pull(each.number)
                for each in found
                if each.head.sha == head and each.head.repo and each.head.repo.id == repository
            )

    def open_pulls(self, base_name: str, *, limit: int) -> tuple[Pull, ...]:
        with explained(f"list the pull requests to {base_name}", needs="pull-requests: read"):
            found = self._repository.get_pulls(
                state="open", base=base_name, sort="updated", direction="desc"
            )
            return tuple(self.pull(each.number) for each in islice(found, limit))

    def facts(self, pull: Pull, paths: Mapping[str, str]) -> PullFacts:
        """See PullFacts. Texts are read at the pull request's head, whatever was merged later."""
        opinions = self._opinions(pull.number)
        reviewers = {each.login for each in opinions if each.state == "APPROVED"}
        return PullFacts(
            number=pull.number,
            head=pull.head,
            authors=self._authors(pull),
            opinions=opinions,
            writers=frozenset(login for login in reviewers if self._may_write(login)),
            texts=self._texts(pull.head, paths),
        )

    def _opinions(self, number: int) -> tuple[Opinion, ...]:
        with explained(f"read the reviews of #{number}", needs="pull-requests: read"):
            reviews = self._repository.get_pull(number).get_reviews()
            return tuple(
                Opinion(
                    review.user.login,
                    review.state,
                    review.commit_id or "",
                    review.submitted_at.astimezone(UTC),
                )
                for review in reviews
                if review.user is not None and review.submitted_at is not None
            )

    def _authors(self, pull: Pull) -> frozenset[str]:
        with explained(f"read the commits of #{pull.number}", needs="pull-requests: read"):
            commits = self._repository.get_pull(pull.number).get_commits()
            people = [person for each in commits for person in (each.author, each.committer)]
            return frozenset({pull.author, *(each.login for each in people if each is not None)})

    def _may_write(self, login: str) -> bool:
        """Asked of GitHub for each: the association shown beside a review says too little."""
        with explained(f"read the permission of {login}", needs="metadata: read"):
            return self._repository.get_collaborator_permission(login) in _WRITERS

    def _texts(self, commit: str, paths: Mapping[str, str]) -> dict[str, str]:
        texts = {name: self._text(path, commit) for name, path in paths.items()}
        return {name: checksum_of(text) for name, text in texts.items() if text is not None}

    def _text(self, path: str, commit: str) -> str | None:
        with explained(f"read {path} at {commit[:12]}", needs="contents: read"):
            try:
                found = self._repository.get_contents(path, ref=commit)
            except GithubException as error:
                if error.status == 404:
                    return None
                raise
            if isinstance(found, list):
                return None
            content = found.content
            if not content and found.size:
                # Files over 1 MB come without content; the blob has it (REST: repository contents).
                content = self._repository.get_git_blob(found.sha).content
            return base64.b64decode(content).decode("utf-8", "replace")


def _value(pull: PullRequest) -> Pull:
    return Pull(
        number=pull.number,
        head=pull.head.sha,
        base_name=pull.base.ref,
        author=pull.user.login if pull.user is not None else GHOST,
        merged=bool(pull.merged),
        files=tuple(each.filename for each in pull.get_files()),
        fork=pull.head.repo is None or pull.head.repo.id != pull.base.repo.id,
    )
