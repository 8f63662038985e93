"""What GitHub keeps of workflow runs, their artifacts, and checks that are asked for again."""

from pathlib import PurePosixPath

from bot.demo.hub.accounts import User
from bot.demo.hub.events import Event
from bot.demo.hub.pushing import Pushing
from bot.demo.hub.records import Artifact, Repository, WorkflowRun
from bot.demo.hub.refusal import Refusal, not_found
from bot.demo.hub.state import ACTIONS_BOT

PULL_EVENTS = ("pull_request", "pull_request_review", "pull_request_target")


class Running(Pushing):
    """Deeds of GitHub Actions. `now` is the hub's clock, which no commit can set."""

    def record_run(
        self,
        event: Event,
        *,
        workflow: str,
        name: str | None = None,
        run_id: int | None = None,
        conclusion: str | None = None,
    ) -> WorkflowRun:
        """Begin a run of the workflow at this path for the event, or a new attempt of a known one.

        A run that is given no conclusion is in progress until `conclude_run`.
        """
        with self.state.lock:
            at = self.state.repository(event.payload["repository"]["full_name"])
            run = at.runs.get(run_id or 0)
            if run is None:
                run = self._begin(at, event, workflow, name, run_id or self.state.next_id())
            elif run.status == "completed":
                self._again(run)
            run.status, run.updated_at = "in_progress", self.state.now()
            if conclusion is not None:
                self.conclude_run(at.full_name, run.id, conclusion)
            return run

    def _begin(
        self, at: Repository, event: Event, workflow: str, name: str | None, run_id: int
    ) -> WorkflowRun:
        now, user = self.state.now(), self.state.user(event.actor)
        branch, sha, source = self._head(at, event)
        earlier = [run for run in at.runs.values() if run.path == workflow]
        run = at.runs[run_id] = WorkflowRun(
            id=run_id,
            number=len(earlier) + 1,
            path=workflow,
            name=name or PurePosixPath(workflow).stem,
            event=event.name,
            title=self._title(event),
            head_branch=branch,
            head_sha=sha,
            head_repository=source,
            actor=user,
            triggering_actor=user,
            created_at=now,
            started_at=now,
            updated_at=now,
        )
        return run

    def _again(self, run: WorkflowRun) -> None:
        run.attempt, run.conclusion = run.attempt + 1, None
        run.started_at = self.state.now()

    def _head(self, at: Repository, event: Event) -> tuple[str, str, Repository]:
        """What a run is about: for a pull request not the trial merge, but its head."""
        if event.name in PULL_EVENTS:
            head = event.payload["pull_request"]["head"]
            return head["ref"], head["sha"], self.state.repository(head["repo"]["full_name"])
        return event.ref.removeprefix("refs/heads/"), event.sha, at

    def _title(self, event: Event) -> str:
        for part in ("pull_request", "issue"):
            if part in event.payload:
                title: str = event.payload[part]["title"]
                return title
        return event.name

    def conclude_run(self, repository: str, run_id: int, conclusion: str) -> Event:
        """End a run: success, failure, cancelled or skipped. The event is `workflow_run`."""
        with self.state.lock:
            at = self.state.repository(repository)
            run = at.runs[run_id]
            run.status, run.conclusion = "completed", conclusion
            run.updated_at = self.state.now()
            return self._tell(self.write.workflow_run(at, run, "completed"))

    def keep_artifact(self, repository: str, run_id: int, name: str, octets: bytes) -> Artifact:
        """Keep a zip for a run; each attempt has one artifact of a name."""
        with self.state.lock:
            at, number = self.state.repository(repository), self.state.next_id()
            run = at.runs[run_id]
            made = Artifact(number, run, run.attempt, name, octets, self.state.now())
            for each in at.artifacts.values():
                if (each.run, each.attempt, each.name) == (run, made.attempt, name):
                    raise Refusal(409, f"an artifact with this name already exists: {name}")
            at.artifacts[made.id] = made
            return made

    def rerequest(self, repository: str, check_run: int, *, author: str) -> Event:
        """Press the button beside an app's check run; the event is `check_run` rerequested.

        For those of GitHub Actions there is no such event: their button runs jobs again.
        """
        with self.state.lock:
            at, user = self.state.repository(repository), self.state.user(author)
            run = at.check_runs.get(check_run)
            if run is None:
                raise not_found()
            self._require_app(run.app)
            return self._tell(self.write.check_run(at, run, user, "rerequested"))

    def rerequest_suite(self, repository: str, app: str, sha: str, *, author: str) -> Event:
        """Ask for all checks of an app on a commit again; `check_suite` rerequested."""
        with self.state.lock:
            at, user, owner = (
                self.state.repository(repository),
                *map(self.state.user, (author, app)),
            )
            self._require_app(owner)
            return self._tell(self.write.check_suite(at, owner, sha, user, "rerequested"))

    def _require_app(self, app: User) -> None:
        if app.login == ACTIONS_BOT:
            raise Refusal(403, "What GitHub Actions checked is run again as jobs")
