"""The things people and bots leave behind on GitHub, as plain records."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bot.demo.hub.accounts import Team, User
from bot.demo.hub.git import Git
from bot.demo.hub.outcomes import CheckRun, CommitStatus, Deployment, Environment


@dataclass
class Comment:
    """A comment of a pull request's conversation."""

    id: int
    user: User
    body: str
    created_at: datetime
    updated_at: datetime


@dataclass
class Review:
    """A reviewer's opinion on one commit: APPROVED, CHANGES_REQUESTED, COMMENTED or DISMISSED."""

    id: int
    user: User
    state: str
    body: str
    commit_id: str
    submitted_at: datetime


@dataclass
class LineComment:
    """A comment of a review on lines of the difference, as it was when the comment was made.

    One that answers another, `answers`, stands in its thread; the first of a thread knows who
    resolved it. `minimized` is the reason why it is folded away.
    """

    id: int
    review: Review
    path: str
    line: int
    start_line: int | None
    position: int
    hunk: str
    body: str
    updated_at: datetime
    answers: int | None = None
    resolved_by: User | None = None
    minimized: str | None = None


@dataclass
class Reaction:
    id: int
    comment_id: int
    user: User
    content: str
    created_at: datetime


@dataclass(frozen=True)
class Label:
    id: int
    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass
class Issue:
    """An issue that is no pull request; the two are numbered together."""

    id: int
    number: int
    title: str
    body: str | None
    user: User
    created_at: datetime
    updated_at: datetime
    state: str = "open"
    state_reason: str | None = None
    closed_at: datetime | None = None
    labels: list[str] = field(default_factory=list)
    comments: dict[int, Comment] = field(default_factory=dict)


@dataclass(frozen=True)
class Happening:
    """Something done to a pull request, in GitHub's word for it, and to whom or with what: a
    commit is told by its SHA."""

    id: int
    event: str
    actor: User
    created_at: datetime
    about: User | Team | Label | str


@dataclass
class PullRequest:
    """A proposal to join `head_ref` of `head_repository` into `base_ref`.

    `brought` are the commits that its merge put on the base branch: with a rebase, one for each.
    """

    id: int
    number: int
    title: str
    body: str | None
    user: User
    head_repository: "Repository"
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    created_at: datetime
    updated_at: datetime
    state: str = "open"
    draft: bool = False
    merged_by: User | None = None
    merged_at: datetime | None = None
    closed_at: datetime | None = None
    merge_commit_sha: str | None = None
    brought: tuple[str, ...] = ()
    labels: list[str] = field(default_factory=list)
    requested_reviewers: list[User] = field(default_factory=list)
    requested_teams: list[Team] = field(default_factory=list)
    assignees: list[User] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    comments: dict[int, Comment] = field(default_factory=dict)
    reviews: dict[int, Review] = field(default_factory=dict)
    line_comments: dict[int, LineComment] = field(default_factory=dict)

    @property
    def merged(self) -> bool:
        return self.merged_at is not None


Topic = PullRequest | Issue


@dataclass(frozen=True)
class Activity:
    """What somebody did to a branch: push, force_push or branch_creation."""

    id: int
    ref: str
    before: str
    after: str
    kind: str
    actor: User
    at: datetime


@dataclass
class WorkflowRun:
    """One run of a workflow. A new attempt keeps its number, its head, and when it was made."""

    id: int
    number: int
    path: str
    name: str
    event: str
    title: str
    head_branch: str
    head_sha: str
    head_repository: "Repository"
    actor: User
    triggering_actor: User
    created_at: datetime
    started_at: datetime
    updated_at: datetime
    attempt: int = 1
    status: str = "in_progress"
    conclusion: str | None = None


@dataclass
class Artifact:
    """What an attempt of a run keeps for others: one zip."""

    id: int
    run: WorkflowRun
    attempt: int
    name: str
    octets: bytes
    created_at: datetime
    expired: bool = False


@dataclass
class Repository:
    """One repository and all that is discussed in it. `roles` maps a login to its role;
    `required_checks` are those that its default branch is protected with."""

    id: int
    owner: User
    name: str
    git: Git
    default_branch: str
    created_at: datetime
    private: bool = True
    parent: "Repository | None" = None
    description: str | None = None
    pushed_at: datetime | None = None
    roles: dict[str, str] = field(default_factory=dict)
    pulls: dict[int, PullRequest] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    runs: dict[int, WorkflowRun] = field(default_factory=dict)
    artifacts: dict[int, Artifact] = field(default_factory=dict)
    check_runs: dict[int, CheckRun] = field(default_factory=dict)
    statuses: list[CommitStatus] = field(default_factory=list)
    deployments: dict[int, Deployment] = field(default_factory=dict)
    environments: dict[str, Environment] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    reactions: list[Reaction] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    trial_merges: dict[tuple[str, str], str | None] = field(default_factory=dict)
    required_checks: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"

    def role_of(self, login: str) -> str:
        if login == self.owner.login:
            return "admin"
        return self.roles.get(login, "none" if self.private else "read")

    @property
    def topics(self) -> list[Topic]:
        """Issues and pull requests, by their number."""
        return sorted([*self.pulls.values(), *self.issues.values()], key=lambda each: each.number)

    @property
    def next_number(self) -> int:
        return len(self.pulls) + len(self.issues) + 1

    def comments(self) -> Iterator[tuple[Topic, Comment]]:
        for topic in self.topics:
            for comment in topic.comments.values():
                yield topic, comment

    def head_of(self, branch: str) -> str | None:
        return self.git.resolve(f"refs/heads/{branch}")

    def commit_named(self, revision: str) -> str | None:
        """The commit of a branch, tag, SHA or full reference, branches first as on GitHub."""
        return self.head_of(revision) or self.git.resolve(revision)
