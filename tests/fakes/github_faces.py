"""The parts of a GitHub in memory beside the conversation: check runs and threads."""

from dataclasses import dataclass, field, replace

from bot.core.check_run import Annotation, CheckResult, CheckRun
from bot.core.thread import Thread
from bot.errors import GitHubError


@dataclass(kw_only=True)
class FakeFaces:
    """`check_runs` are those begun, by number, and `concluded` their ends. `refused` names what
    this token may not do; `settled` are the threads that were."""

    check_runs: dict[int, CheckRun] = field(default_factory=dict)
    annotated: dict[int, list[Annotation]] = field(default_factory=dict)
    concluded: dict[int, CheckResult] = field(default_factory=dict)
    threads: dict[int, list[Thread]] = field(default_factory=dict)
    settled: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

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

    def _answer(self) -> None:
        raise NotImplementedError

    def _allow(self, what: str) -> None:
        self._answer()
        if what in self.refused:
            raise GitHubError(
                f"GitHub did not let the bot do that (403: {what}).",
                hint=f"Give the workflow job `permissions: {what}`, or the token that scope.",
            )
