"""Where the stories play: a GitHub, two databases, and our own workflows between them."""

import io
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from bot.demo.hub import Event as HubEvent
from bot.demo.hub import Hub
from bot.demo.hub.git import Signature
from bot.demo.hub.outcomes import CheckRun, Deployment
from bot.demo.hub.records import PullRequest, WorkflowRun
from bot.demo.hub.state import ACTIONS_BOT
from tests.harness import (
    ActionCall,
    Environment,
    Event,
    Interruption,
    JobResult,
    Request,
    Run,
    World,
    checkout_from,
    keeping,
    kept_in,
    never,
    nothing,
    run_workflow,
)
from tests.harness.documents import load_workflow
from tests.harness.shipping import ROOT, preinstalled, warmed
from tests.harness.triggers import waits_for
from tests.harness.values import StepFailed

SHOP = "acme/shop"
CHECK = ROOT / ".github/workflows/migration-check.yml"
DEPLOY = ROOT / ".github/workflows/migration-deploy.yml"
REPORT = ROOT / ".github/workflows/migration-report.yml"
TARGETS = ("staging", "production")
LENDING = "Borrow the token of an app"
MARKER = "<!-- migration-bot v1 "

INIT = "20240101000000_init"
INDEX = "20240301000000_index_orders"
COUNTRY = "20240302000000_add_country"
RISKY = 'CREATE INDEX "Order_total_idx" ON "Order"("total");\n'
MENDED = 'CREATE INDEX CONCURRENTLY "Order_total_idx" ON "Order"("total");\n'
HARMLESS = 'ALTER TABLE "Order" ADD COLUMN "country" TEXT;\n'
HISTORY = {
    "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
    f"prisma/migrations/{INIT}/migration.sql": (
        'CREATE TABLE "Order" (id SERIAL PRIMARY KEY, total INTEGER, note TEXT);\n'
    ),
}


def script(name: str) -> str:
    return f"prisma/migrations/{name}/migration.sql"


def admit(request: Request) -> bool:
    """An environment's protection when nobody objects."""
    return True


@dataclass
class Stage:
    """`urls` are the targets' connection strings; `secrets` is all that must never be seen.

    `more_secrets` are those of each environment, and `shared_secrets` the repository's own.
    `kept` is what GitHub's cache holds from run to run. `causes` are the workflows and events
    of the runs, by their number, and `ends` the events that told of their end. `interruption` comes
    between in the next runs. `account` is whom the bot acts as. `artifacts_refused` says that
    GitHub keeps no more artifacts.
    """

    hub: Hub
    folder: Path
    urls: dict[str, str]
    secrets: set[str]
    kept: Path
    runs: list[Run] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    admit: Any = admit
    next_run: int = 100
    more_secrets: dict[str, str] = field(default_factory=dict)
    shared_secrets: dict[str, str] = field(default_factory=dict)
    actions: dict[str, Path] = field(default_factory=dict)
    workflows: dict[str, Path] = field(default_factory=dict)
    causes: dict[int, tuple[Path, HubEvent]] = field(default_factory=dict)
    ends: dict[int, HubEvent] = field(default_factory=dict)
    interruption: Interruption | None = None
    account: str = ACTIONS_BOT
    artifacts_refused: bool = False

    def propose(
        self,
        files: Mapping[str, str | bytes | None],
        *,
        branch: str = "topic",
        author: str = "ada",
        title: str = "Change the orders",
        renames: tuple[tuple[str, str], ...] = (),
    ) -> HubEvent:
        """Push a branch and open a pull request of it."""
        self.hub.push(SHOP, branch, files, author=author, renames=renames)
        return self.hub.open_pull_request(SHOP, author=author, head=branch, title=title)

    def fork_propose(
        self,
        files: Mapping[str, str | bytes | None],
        *,
        branch: str = "topic",
        author: str = "mallory",
        title: str = "Change the orders",
    ) -> HubEvent:
        """Push a branch to a fork, made if need be, and open a pull request of it."""
        fork = f"{author}/{SHOP.partition('/')[2]}"
        if fork not in self.hub.state.repositories:
            self.hub.fork(SHOP, author=author)
        self.hub.push(fork, branch, files, author=author)
        return self.hub.open_pull_request(
            SHOP, author=author, head=branch, title=title, head_repository=fork
        )

    def push(
        self,
        files: Mapping[str, str | bytes | None],
        *,
        branch: str = "topic",
        author: str = "ada",
        message: str = "Change",
        written_by: Signature | None = None,
    ) -> HubEvent:
        """Push to the branch of an open pull request; the event is its synchronize."""
        events = self.hub.push(
            SHOP, branch, files, author=author, message=message, written_by=written_by
        )
        return next(each for each in events if each.name == "pull_request")

    def merge(self, number: int, *, method: str = "squash", author: str = "ada") -> HubEvent:
        """Press the button; the event is the push to main."""
        return self.hub.merge(SHOP, number, author=author, method=method)[1]

    def merged(
        self,
        files: Mapping[str, str | bytes | None],
        *,
        branch: str = "topic",
        approve: bool = True,
    ) -> HubEvent:
        """A pull request opened, approved unless told otherwise, and merged; nothing checked."""
        number = self.propose(files, branch=branch).payload["number"]
        if approve:
            self.hub.review(SHOP, number, author="grace")
        return self.merge(number)

    def dispatch(self, target: str = "all", *, author: str = "ada") -> HubEvent:
        name = DEPLOY.name
        return self.hub.dispatch(SHOP, name, author=author, inputs={"target": target})

    def check(
        self, event: HubEvent, *, run_id: int | None = None, workflow: Path = CHECK
    ) -> JobResult:
        run = self.run(workflow, event, run_id=run_id)
        assert run.triggered, f"{event.name} does not start {workflow.name}"
        return run.jobs["check"]

    def deploy(self, event: HubEvent, *, run_id: int | None = None, attempt: int = 1) -> Run:
        run = self.run(DEPLOY, event, run_id=run_id, attempt=attempt)
        assert run.triggered, f"{event.name} does not start {DEPLOY.name}"
        return run

    def deploys(self, event: HubEvent) -> bool:
        """Whether the event starts the deploy workflow at all."""
        return self.run(DEPLOY, event).triggered

    def command(self, number: int, body: str, *, author: str = "grace") -> Run:
        """Write a comment, and let the deploy workflow hear it."""
        return self.deploy(self.hub.comment(SHOP, number, author=author, body=body))

    def queue(self, number: int, *, author: str = "grace") -> JobResult:
        """Put a pull request into the merge queue, and check what would be merged."""
        return self.check(self.hub.queue(SHOP, number, author=author))

    def rerequest(self, number: int = 1, *, author: str = "ada") -> JobResult:
        """Press the button beside the newest check run: an app hears of it, Actions runs again."""
        newest = self.check_runs(number)[-1]
        if newest.app.login != ACTIONS_BOT:
            return self.check(self.hub.rerequest(SHOP, newest.id, author=author))
        return self.rerun(self.checked(number)).jobs["check"]

    def rerun(self, record: WorkflowRun) -> Run:
        """Run everything of a run again, for the same event."""
        workflow, event = self.causes[record.id]
        return self.run(workflow, event, run_id=record.id, attempt=record.attempt + 1)

    def report(self, record: WorkflowRun | None = None) -> Run:
        """Let the report workflow hear of the end of a run, by default of the newest check."""
        record = record or self.checked()
        return self.run(REPORT, self.ends[record.id])

    def checked(self, number: int | None = None) -> WorkflowRun:
        """The newest run of the check workflow, of a pull request's head if one is named."""
        head = None if number is None else self.pull(number).head_sha
        records = self.hub.repository(SHOP).runs.values()
        return [
            each
            for each in records
            if each.path.endswith(CHECK.name) and head in (None, each.head_sha)
        ][-1]

    def run(
        self, workflow: Path, event: HubEvent, *, run_id: int | None = None, attempt: int = 1
    ) -> Run:
        """Run a workflow if the event starts it, with GitHub's own record of the run."""
        document, known = load_workflow(workflow), as_event(event)
        self.next_run += 1
        number = run_id or self.next_run
        run = Run(triggered=False)
        if waits_for(document["on"], known):
            path = f".github/workflows/{workflow.name}"
            self.hub.record_run(event, workflow=path, name=document["name"], run_id=number)
            self.causes[number] = (workflow, event)
            run = run_workflow(workflow, known, self.world(number, attempt))
            self.ends[number] = self.hub.conclude_run(SHOP, number, run.conclusion)
        self.runs.append(run)
        return run

    def world(self, run_id: int, attempt: int) -> World:
        return World(
            folder=self.folder / "runs",
            repository=SHOP,
            api_url=self.hub.api_url,
            server_url=self.hub.site_url,
            stand_ins={
                "actions/checkout": warmed(
                    checkout_from(self.hub.repository(SHOP).git.path, self.actions, self._may_read)
                ),
                "actions/setup-python": never,
                "actions/cache": nothing,
                "actions/create-github-app-token": self._app_token,
                **kept_in(self.kept),
                **keeping(self._keep, self._fetch),
            },
            token=self._token,
            actions=self.actions,
            workflows=self.workflows,
            secrets=self.shared_secrets,
            environments={name: self._environment(name) for name in TARGETS},
            run_id=run_id,
            run_number=run_id - 100,
            run_attempt=attempt,
            interruption=self.interruption,
            search_path=f"{Path(sys.base_prefix) / 'bin'}:/usr/local/bin:/usr/bin:/bin",
            before_job=preinstalled(ROOT / "requirements.txt"),
        )

    def _keep(self, run: int, name: str, octets: bytes) -> int:
        if self.artifacts_refused:
            raise StepFailed("Failed to CreateArtifact: Artifact storage quota has been hit.")
        return self.hub.keep_artifact(SHOP, run, name, octets).id

    def _fetch(self, run: int, name: str) -> bytes | None:
        kept = self.hub.repository(SHOP).artifacts.values()
        found = [each.octets for each in kept if (each.run.id, each.name) == (run, name)]
        return found[-1] if found else None

    def _token(self, permissions: Mapping[str, str]) -> str:
        token = self.hub.token(ACTIONS_BOT, permissions=permissions, repositories=[SHOP])
        self.secrets.add(token)
        return token

    def _app_token(self, call: ActionCall) -> Mapping[str, str]:
        """What an app that is installed here lends a job; its permissions are among the inputs."""
        asked = {
            name.removeprefix("permission-"): level
            for name, level in call.inputs.items()
            if name.startswith("permission-")
        }
        token = self.hub.token(self.account, permissions=asked, repositories=[SHOP])
        self.secrets.add(token)
        return {"token": token}

    def _may_read(self, token: str) -> bool:
        """Whether git would give the repository to whoever holds the token."""
        known = self.hub.state.tokens[token]
        return not self.hub.repository(SHOP).private or known.grants("contents", "read")

    def _environment(self, name: str) -> Environment:
        def protection(request: Request) -> bool:
            self.asked.append(request)
            admitted: bool = self.admit(request)
            return admitted

        known = {f"{name.upper()}_DATABASE_URL": self.urls[name], **self.more_secrets}
        return Environment(known, {}, protection)

    def pull(self, number: int) -> PullRequest:
        return self.hub.repository(SHOP).pulls[number]

    def check_runs(self, number: int = 1) -> list[CheckRun]:
        """Those of the pull request's head, oldest first."""
        head = self.pull(number).head_sha
        found = self.hub.repository(SHOP).check_runs.values()
        return [each for each in found if each.head_sha == head]

    def comment(self, number: int = 1) -> str:
        """The body of the one comment of the bot."""
        own = self.comments(number)
        assert len(own) == 1, f"there are {len(own)} comments of the bot"
        (body,) = own.values()
        assert body.startswith(MARKER)
        return body

    def comments(self, number: int = 1) -> dict[int, str]:
        """The bot's comments by their number."""
        found = self.pull(number).comments.values()
        return {each.id: each.body for each in found if each.user.login == self.account}

    def deployments(self, target: str) -> list[Deployment]:
        """Oldest first."""
        found = self.hub.repository(SHOP).deployments.values()
        return [each for each in found if each.environment == target]

    def states(self, target: str) -> list[str]:
        """The newest deployment's statuses, oldest first."""
        return [each.state for each in self.deployments(target)[-1].statuses]

    def query(self, target: str, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.urls[target], autocommit=True) as connection:
            done = connection.execute(sql.encode())
            return done.fetchall() if done.description else []

    def applied(self, target: str) -> list[str]:
        """What the target remembers beyond the history it began with."""
        rows = self.query(
            target,
            "SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL "
            f"AND migration_name <> '{INIT}' ORDER BY started_at",
        )
        return [name for (name,) in rows]

    def schema(self, target: str) -> list[tuple[Any, ...]]:
        """Every column, index and row of the migrations table: equal if nothing was touched."""
        columns = self.query(
            target,
            "SELECT table_name, column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = 'public' ORDER BY 1, 2",
        )
        indexes = self.query(target, "SELECT indexname FROM pg_indexes ORDER BY 1")
        return [*columns, *indexes, *self.query(target, "SELECT id FROM _prisma_migrations")]

    def seen(self) -> dict[str, str]:
        """Everything that anybody can read after the story, by where it stands."""
        found: dict[str, str] = {}
        for number, run in enumerate(self.runs):
            for name, job in run.jobs.items():
                steps = [each for step in job.steps for each in (step, *step.inner)]
                # What lends a token hands it on as an output, which GitHub masks.
                outputs = [str(each.outputs) for each in steps if each.name != LENDING]
                found[f"log of {name} in run {number}"] = job.log
                found[f"summary of {name} in run {number}"] = job.summary
                found[f"outputs of {name} in run {number}"] = "".join(outputs)
        for number, call in enumerate(self.hub.calls):
            found[f"call {number}: {call.method} {call.path}"] = repr(
                (call.path, call.query, call.request_body)
            )
        for artifact in self.hub.repository(SHOP).artifacts.values():
            found[f"octets of artifact {artifact.name}"] = artifact.octets.decode("latin-1")
            if not zipfile.is_zipfile(io.BytesIO(artifact.octets)):
                continue
            with zipfile.ZipFile(io.BytesIO(artifact.octets)) as kept:
                for name in kept.namelist():
                    where = f"{name} in artifact {artifact.name}"
                    found[where] = kept.read(name).decode("latin-1")
        for path in self.folder.rglob(".migration-bot/**/*"):
            if path.is_file():
                found[str(path)] = path.read_bytes().decode("latin-1")
        return found


def as_event(event: HubEvent) -> Event:
    payload = event.payload
    pull = payload.get("pull_request", {})
    changed = {
        path
        for each in payload.get("commits", [])
        for kind in ("added", "removed", "modified")
        for path in each[kind]
    }
    return Event(
        event.name,
        payload,
        event.sha,
        ref=event.ref,
        changed=tuple(sorted(changed)),
        inputs=payload.get("inputs") or {},
        head_ref=pull.get("head", {}).get("ref", ""),
        base_ref=pull.get("base", {}).get("ref", ""),
        actor=event.actor,
    )
