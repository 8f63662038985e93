"""The parts of a GitHub in memory beside the conversation: check runs and threads."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.core.doctor.hosting import RepositoryLook
from bot.core.github.check_run import Annotation, CheckResult, CheckRun
from bot.core.github.issue import Issue
from bot.core.github.label import Label
from bot.core.github.reviewers import Reviewers
from bot.core.github.thread import Thread
from bot.errors import GitHubError


@dataclass(kw_only=True)
class FakeFaces:
    """`check_runs` are those begun, by number, and `concluded` their ends. `refused` names what
    this token may not do; `settled` are the threads that were. `stuck` are the labels of pull
    requests; `known` who was asked of old, `asked` whom we asked, `unknown` whom nobody can ask."""

    check_runs: dict[int, CheckRun] = field(default_factory=dict)
    annotated: dict[int, list[Annotation]] = field(default_factory=dict)
    concluded: dict[int, CheckResult] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    threads: dict[int, list[Thread]] = field(default_factory=dict)
    settled: list[str] = field(default_factory=list)
    stuck: dict[int, list[str]] = field(default_factory=dict)
    repository_labels: dict[str, Label] = field(default_factory=dict)
    known: dict[int, Reviewers] = field(default_factory=dict)
    asked: list[Reviewers] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    issues: dict[int, Issue] = field(default_factory=dict)
    issue_comments: dict[int, list[str]] = field(default_factory=dict)
    looks: RepositoryLook = field(default_factory=RepositoryLook)
    looked_at: list[str] = field(default_factory=list)

    def look(self, environments: tuple[str, ...]) -> RepositoryLook:
        self._answer()
        self.looked_at += environments
        return self.looks

    def own_issues(self, label: str) -> tuple[Issue, ...]:
        self._allow("issues: read")
        assert label == "schema drift"
        return tuple(self.issues.values())

    def open_issue(
        self, title: str, body: str, *, label: str, mine: Callable[[str], bool]
    ) -> Issue:
        self._allow("issues: write")
        assert mine(body)
        made = Issue(len(self.issues) + 1, title, body)
        self.issues[made.number] = made
        return made

    def edit_issue(self, issue: int, *, title: str, body: str, open: bool) -> None:
        self._allow("issues: write")
        self.issues[issue] = Issue(issue, title, body, open)

    def comment_on_issue(self, issue: int, body: str) -> None:
        self._allow("issues: write")
        self.issue_comments.setdefault(issue, []).append(body)

    def start_check_run(self, run: CheckRun) -> int:
        self._allow("checks: write")
        number = len(self.check_runs) + 1
        self.check_runs[number] = run
        return number

    def annotate_check_run(self, number: int, result: CheckResult) -> None:
        self._allow("annotations")
        self.annotated.setdefault(number, []).extend(result.annotations)

    def conclude_check_run(self, number: int, result: CheckResult) -> str:
        self._allow("conclusions")
        self.concluded[number] = result
        return f"https://github.example/runs/{number}"

    def end_check_run(self, run: CheckRun) -> None:
        self._allow("checks: write")
        self.ended.append(run.id)

    def own_threads(self, pull: int) -> tuple[Thread, ...]:
        self._allow("threads")
        return tuple(self.threads.get(pull, ()))

    def settle_thread(self, thread: Thread) -> None:
        self._allow("settle")
        self.settled.append(thread.id)
        for pull, threads in self.threads.items():
            self.threads[pull] = [
                replace(each, resolved=True) if each.id == thread.id else each for each in threads
            ]

    def labels(self, pull: int) -> tuple[str, ...]:
        self._allow("labels")
        return tuple(self.stuck.get(pull, ()))

    def add_label(self, pull: int, label: Label) -> None:
        self._allow("labels")
        self.repository_labels.setdefault(label.name, label)
        self.stuck.setdefault(pull, []).append(label.name)

    def remove_label(self, pull: int, name: str) -> None:
        self._allow("labels")
        self.stuck[pull].remove(name)

    def known_reviewers(self, pull: int) -> Reviewers:
        self._allow("reviewers")
        return self.known.get(pull, Reviewers())

    def ask_reviewers(self, pull: int, wanted: Reviewers) -> Reviewers:
        self._allow("reviewers")
        taken = wanted.without(Reviewers(tuple(self.unknown), tuple(self.unknown)))
        self.asked.append(taken)
        before = self.known.get(pull, Reviewers())
        self.known[pull] = Reviewers(before.users + taken.users, before.teams + taken.teams)
        return wanted.without(taken)

    def _answer(self) -> None:
        raise NotImplementedError

    def _allow(self, what: str) -> None:
        self._answer()
        if what in self.refused:
            raise GitHubError(
                f"GitHub did not let the bot do that (403: {what}).",
                hint=f"Give the workflow job `permissions: {what}`, or the token that scope.",
            )
