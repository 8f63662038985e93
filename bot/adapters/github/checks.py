"""Check runs, with their annotations."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import requests
from github import GithubException
from github.CheckRun import CheckRun as GitHubCheckRun
from github.GithubObject import NotSet
from github.GithubRetry import GithubRetry
from github.Repository import Repository
from github.Requester import Requester

from bot.adapters.github.client import explained
from bot.core.github.check_run import Annotation, CheckResult, CheckRun, Conclusion, same_check

# GitHub refuses a call with more.
BATCH = 50

_NEEDS = "checks: write"
_TRIES = 3
_LEFT_BEHIND = {
    "title": "Ended early",
    "summary": "The run that began this was ended before it could say what it found. Run it again, "
    "unless another one has taken its place.",
}


class Checks:
    """The check runs of one repository. `clean` strikes secrets out of all they say."""

    def __init__(self, repository: Repository, clean: Callable[[str], str]) -> None:
        self._repository = repository
        self._clean = clean

    def start_check_run(self, run: CheckRun) -> int:
        with explained(f"begin the check run of {run.commit[:12]}", needs=_NEEDS):
            for each in self._unconcluded(run):
                if each.external_id == run.id:
                    return each.id
                _cancel(each)
            return self._begin(run)

    def end_check_run(self, run: CheckRun) -> None:
        with explained("conclude the check run", needs=_NEEDS):
            for each in self._unconcluded(run):
                if each.external_id == run.id:
                    _cancel(each)

    def annotate_check_run(self, number: int, result: CheckResult) -> None:
        with explained("annotate lines in the check run", needs=_NEEDS):
            for first in range(0, len(result.annotations), BATCH):
                self._append(number, result, first)

    def conclude_check_run(self, number: int, result: CheckResult) -> str:
        with explained("conclude the check run", needs=_NEEDS):
            run = self._repository.get_check_run(number)
            run.edit(
                status="completed", conclusion=result.conclusion.value, output=self._output(result)
            )
            return run.html_url or ""

    def _unconcluded(self, run: CheckRun) -> Iterator[GitHubCheckRun]:
        """Ours on the commit that nobody concluded. Asked for all: the newest may hide others."""
        commit = self._repository.get_commit(run.commit)
        for each in commit.get_check_runs(check_name=run.name, filter="all"):
            if each.status != "completed" and same_check(each.external_id or "", run.id):
                yield each

    def _begin(self, run: CheckRun) -> int:
        """A lost answer is looked into, not repeated blindly: the check run may be there."""
        try:
            return self._repository.create_check_run(
                name=run.name,
                head_sha=run.commit,
                details_url=run.url or NotSet,
                external_id=run.id,
                status="in_progress",
            ).id
        except (GithubException, requests.RequestException) as error:
            if isinstance(error, GithubException) and error.status < 500:
                raise
            for each in self._unconcluded(run):
                if each.external_id == run.id:
                    return each.id
            raise

    def _append(self, number: int, result: CheckResult, first: int) -> None:
        """GitHub adds a batch to those before, so that the same call again would double it: after
        a lost answer it is asked how many there are."""
        batch = result.annotations[first : first + BATCH]
        output = self._output(result, batch)
        for left in reversed(range(_TRIES)):
            run = GitHubCheckRun(self._once, url=f"{self._repository.url}/check-runs/{number}")
            try:
                run.edit(output=output)
                return
            except (GithubException, requests.RequestException) as error:
                refused = isinstance(error, GithubException) and error.status < 500
                if refused or not left:
                    raise
                if self._annotated(number) >= first + len(batch):
                    return

    def _annotated(self, number: int) -> int:
        return self._repository.get_check_run(number).output.annotations_count

    @property
    def _once(self) -> Requester:
        """Asks again only what can be asked twice."""
        requester = self._repository.requester
        retry = GithubRetry(total=_TRIES, allowed_methods=frozenset({"GET"}))
        return Requester(**{**requester.kwargs, "retry": retry})

    def _output(
        self, result: CheckResult, annotations: Sequence[Annotation] = ()
    ) -> dict[str, Any]:
        output: dict[str, Any] = {
            "title": self._clean(result.title),
            "summary": self._clean(result.summary),
        }
        if annotations:
            output["annotations"] = [self._annotation(each) for each in annotations]
        return output

    def _annotation(self, annotation: Annotation) -> dict[str, Any]:
        given = {
            "path": annotation.path,
            "start_line": annotation.start_line,
            "end_line": annotation.end_line,
            "start_column": annotation.start_column,
            "end_column": annotation.end_column,
            "annotation_level": annotation.level.value,
            "title": self._clean(annotation.title),
            "message": self._clean(annotation.message),
            "raw_details": self._clean(annotation.details) or None,
        }
        return {name: value for name, value in given.items() if value is not None}


def _cancel(run: GitHubCheckRun) -> None:
    run.edit(status="completed", conclusion=Conclusion.CANCELLED.value, output=_LEFT_BEHIND)
