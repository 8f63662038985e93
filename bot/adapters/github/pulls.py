"""Pull requests: what they change, who approved them, and what their text is."""

import base64
from collections.abc import Mapping
from datetime import UTC
from itertools import islice

from github import GithubException
from github.PullRequest import PullRequest
from github.Repository import Repository

from bot.adapters.github.accounts import login_of
from bot.adapters.github.client import explained
from bot.adapters.github.contributors import Contributors, contributors_of
from bot.adapters.github.touched import touched_by
from bot.core.approvals.approval import Opinion, PullFacts
from bot.core.approvals.codeowners import MOST_BYTES, PLACES
from bot.core.github.pull import GHOST, Pull
from bot.core.migrations.migration import checksum_of


class Pulls:
    """The pull requests of one repository.

    What can never change, the people and the texts of a commit, is asked once for each.
    """

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._contributors: dict[tuple[int, str], Contributors] = {}
        self._scripts: dict[tuple[str, str], str | None] = {}

    def pull(self, number: int) -> Pull:
        with explained(f"read pull request #{number}", needs="pull-requests: read"):
            return _value(self._repository.get_pull(number), self._repository)

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
        people = self._people(pull)
        texts = self.scripts(pull.head, paths)
        return PullFacts(
            number=pull.number,
            head=pull.head,
            authors=people.authors,
            opinions=self._opinions(pull.number),
            texts={name: checksum_of(text) for name, text in texts.items()},
            coauthors=people.coauthors,
            pushers=people.pushers,
            pusher_known=people.pusher_known,
            unmatched=people.unmatched,
            bot=people.bot,
            requesters=people.requesters,
        )

    def scripts(self, commit: str, paths: Mapping[str, str]) -> dict[str, str]:
        texts = {name: self._script(path, commit) for name, path in paths.items()}
        return {name: text for name, text in texts.items() if text is not None}

    def codeowners(self, pull: Pull) -> str:
        """Of the base branch's tip; if the pull request has a hand in it, of the commit it began
        with, which is the same after the merge."""
        touched = {*pull.files, *pull.renamed} & set(PLACES)
        commit = pull.base if touched else pull.base_name
        for path in PLACES:
            text = self._text(path, commit, most=MOST_BYTES)
            if text is not None:
                return text
        return ""

    def _opinions(self, number: int) -> tuple[Opinion, ...]:
        with explained(f"read the reviews of #{number}", needs="pull-requests: read"):
            reviews = self._repository.get_pull(number).get_reviews()
            return tuple(
                Opinion(
                    login_of(review.user) or GHOST,
                    review.state,
                    review.commit_id or "",
                    review.submitted_at.astimezone(UTC),
                )
                for review in reviews
                if review.submitted_at is not None
            )

    def _people(self, pull: Pull) -> Contributors:
        key = (pull.number, pull.head)
        # Whom an app's pull request is assigned to may change; what is in a commit may not.
        if key not in self._contributors:
            with explained(f"read pull request #{pull.number}", needs="pull-requests: read"):
                found = self._repository.get_pull(pull.number)
                people = contributors_of(found, self._repository)
            if people.bot:
                return people
            self._contributors[key] = people
        return self._contributors[key]

    def _script(self, path: str, commit: str) -> str | None:
        key = (path, commit)
        if key not in self._scripts:
            self._scripts[key] = self._text(path, commit)
        return self._scripts[key]

    def _text(self, path: str, commit: str, *, most: int | None = None) -> str | None:
        """What is larger than `most` counts as empty."""
        with explained(f"read {path} at {commit[:12]}", needs="contents: read"):
            try:
                found = self._repository.get_contents(path, ref=commit)
            except GithubException as error:
                if error.status == 404:
                    return None
                raise
            if isinstance(found, list) or found.type != "file":
                # A folder, another repository, or a link to what is not in this one.
                return None
            if most is not None and found.size > most:
                return ""
            content = found.content
            if not content and found.size:
                # Files over 1 MB come without content; the blob has it (REST: repository contents).
                content = self._repository.get_git_blob(found.sha).content
            return base64.b64decode(content).decode("utf-8", "replace")


def _value(pull: PullRequest, base: Repository) -> Pull:
    touched = touched_by(pull, base)
    return Pull(
        number=pull.number,
        head=pull.head.sha,
        base_name=pull.base.ref,
        author=login_of(pull.user) or GHOST,
        merged=bool(pull.merged),
        files=touched.files,
        base=pull.base.sha,
        renamed=touched.renamed,
        fork=pull.head.repo is None or pull.head.repo.id != pull.base.repo.id,
    )
