"""A GitHub in memory."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.approvals.approval import PullFacts
from bot.core.github.deployment import Deployment
from bot.core.github.pull import Comment, LineComment, Pull
from bot.errors import GitHubError
from tests.fakes.conversation import FakeConversation
from tests.fakes.github_faces import FakeFaces


@dataclass
class FakeGitHub(FakeFaces, FakeConversation):
    """Pull requests, people, comments and deployments in memory. `down` refuses every call.

    `texts` are scripts by commit and migration, `owners` is the text of CODEOWNERS.
    """

    pulls: dict[int, Pull] = field(default_factory=dict)
    brought: dict[str, int] = field(default_factory=dict)
    pull_facts: dict[int, PullFacts] = field(default_factory=dict)
    comments: dict[int, list[Comment]] = field(default_factory=dict)
    line_comments: dict[int, list[Comment]] = field(default_factory=dict)
    reviews: list[tuple[int, str, str]] = field(default_factory=list)
    announced: list[Deployment] = field(default_factory=list)
    owners: str = ""
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    artifacts: dict[tuple[int, str], bytes] = field(default_factory=dict)
    places: dict[int, tuple[str, str, int]] = field(default_factory=dict)
    down: bool = False
    no_reviews: bool = False

    def pull(self, number: int) -> Pull:
        self._answer()
        return self.pulls[number]

    def pull_of(self, commit: str) -> Pull | None:
        self._answer()
        return self.pulls[self.brought[commit]] if commit in self.brought else None

    def open_pulls_at(
        self, head: str, *, branch: str, owner: str, repository: int
    ) -> tuple[Pull, ...]:
        """`places` says of a pull request which branch, of whom, in which repository."""
        self._answer()
        here = (branch, owner, repository)
        known = [self.pulls[number] for number, place in self.places.items() if place == here]
        return tuple(each for each in known if each.head == head and not each.merged)

    def open_pulls(self, base_name: str, *, limit: int) -> tuple[Pull, ...]:
        self._answer()
        found = [each for each in self.pulls.values() if not each.merged]
        return tuple(each for each in found if each.base_name == base_name)[:limit]

    def artifact(self, run: int, name: str, *, limit: int) -> bytes | None:
        self._answer()
        return self.artifacts.get((run, name))

    def facts(self, pull: Pull, paths: Mapping[str, str]) -> PullFacts:
        self._answer()
        return self.pull_facts[pull.number]

    def scripts(self, commit: str, paths: Mapping[str, str]) -> Mapping[str, str]:
        self._answer()
        known = self.texts.get(commit, {})
        return {name: known[name] for name in paths if name in known}

    def codeowners(self, pull: Pull) -> str:
        self._answer()
        return self.owners

    def own_comments(self, pull: int) -> tuple[Comment, ...]:
        self._answer()
        return tuple(self.comments.get(pull, ()))

    def create_comment(self, pull: int, body: str, *, mine: Callable[[str], bool]) -> None:
        self._answer()
        assert mine(body)
        written = self.comments.setdefault(pull, [])
        written.append(Comment(len(written) + 1, body))

    def edit_comment(self, pull: int, comment: int, body: str) -> None:
        self._answer()
        self.comments[pull] = [
            Comment(each.id, body) if each.id == comment else each for each in self.comments[pull]
        ]

    def delete_comment(self, pull: int, comment: int) -> None:
        self._answer()
        self.comments[pull] = [each for each in self.comments[pull] if each.id != comment]

    def own_line_comments(self, pull: int) -> tuple[Comment, ...]:
        self._answer()
        return tuple(self.line_comments.get(pull, ()))

    def comment_lines(
        self, pull: int, commit: str, comments: Sequence[LineComment], *, introduction: str
    ) -> None:
        self._answer()
        if self.no_reviews:
            raise GitHubError("GitHub did not let the bot suggest changes.", hint="Let it.")
        self.reviews.append((pull, commit, introduction))
        written = self.line_comments.setdefault(pull, [])
        written += [Comment(len(written) + n, each.body) for n, each in enumerate(comments)]

    def deployments(self, target: str) -> Iterator[Deployment]:
        self._answer()
        yield from reversed([each for each in self.announced if each.target == target])

    def announce(self, deployment: Deployment) -> None:
        self._answer()
        self.announced.append(deployment)

    def _answer(self) -> None:
        if self.down:
            raise GitHubError("GitHub could not be reached.", hint="Try again later.")
