"""Runs of workflows for a pull request: when each was made, and running one again."""

from collections.abc import Iterator
from datetime import UTC

from github.PullRequest import PullRequest
from github.Repository import Repository
from github.WorkflowRun import WorkflowRun

from bot.adapters.github.client import explained
from bot.core.github.seen import Head
from bot.errors import GitHubError

_CHECKING = "pull_request"
_FORCED = "head_ref_force_pushed"
_DONE = "completed"


class Runs:
    """The workflow runs of one repository."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def head_of(self, pull: int) -> Head:
        with explained(f"read pull request #{pull}", needs="pull-requests: read"):
            found = self._repository.get_pull(pull)
            commit, state, merged = found.head.sha, found.state, found.merged
        with explained(f"read the workflow runs for #{pull}", needs="actions: read"):
            runs = tuple(each.created_at.astimezone(UTC) for each in self._runs(found))
        with explained(f"read the events of #{pull}", needs="pull-requests: read"):
            events = self._repository.get_issue(pull).get_events() if runs else ()
            forced = tuple(
                each.created_at.astimezone(UTC) for each in events if each.event == _FORCED
            )
        return Head(commit, state == "open", merged, runs, forced)

    def check_again(self, pull: int, workflow: str) -> bool:
        with explained(f"run the check of #{pull} again", needs="actions: write"):
            runs = self._runs(self._repository.get_pull(pull))
            newest = next((each for each in runs if each.path.endswith(f"/{workflow}")), None)
            if newest is None:
                return False
            if newest.status == _DONE and not newest.rerun():
                raise GitHubError(
                    f"GitHub did not let the bot run the check of #{pull} again.",
                    hint="Give the workflow job `permissions: actions: write`, or run it again by "
                    "hand.",
                )
            return True

    def _runs(self, pull: PullRequest) -> Iterator[WorkflowRun]:
        """Newest first. Those for the same commit as the head of another branch say nothing: it may
        have been there long before it came here."""
        head = pull.head
        listed = self._repository.get_workflow_runs(event=_CHECKING, head_sha=head.sha)
        for run in listed:
            home = run.head_repository
            if head.repo is None or home is None or home.id != head.repo.id:
                continue
            if run.head_branch == head.ref:
                yield run
