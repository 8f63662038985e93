"""Workflow runs: listed, shown, run again, and started by hand."""

from collections.abc import Mapping
from typing import Any

from bot.demo.hub.documents.actions import run_document
from bot.demo.hub.objects import entry
from bot.demo.hub.paging import paged
from bot.demo.hub.records import WorkflowRun
from bot.demo.hub.refusal import Refusal, not_found
from bot.demo.hub.routing import Answer, Request, Routes
from bot.demo.hub.state import ACTIONS_BOT

ACTIONS = "/repos/{owner}/{repo}/actions"
RUN = f"{ACTIONS}/runs/{{run}}"
FOLDER = ".github/workflows"
routes = Routes()


@routes.on("GET", f"{ACTIONS}/runs", "actions=read")
def run_list(request: Request) -> Answer:
    """Newest first. `status` is asked for by either word: how far it is, or how it ended."""
    filters = ("head_sha", "event", "branch", "actor", "status")
    asked = {name: request.query.get(name) for name in filters}
    found = [run for run in request.repository.runs.values() if _asked_for(run, asked)]
    return paged(request, found[::-1], lambda run: _shown(request, run), key="workflow_runs")


def _asked_for(run: WorkflowRun, asked: Mapping[str, str | None]) -> bool:
    known = {
        "head_sha": run.head_sha,
        "event": run.event,
        "branch": run.head_branch,
        "actor": run.actor.login,
    }
    fits = all(asked[name] in (None, value) for name, value in known.items())
    return fits and asked["status"] in (None, run.status, run.conclusion)


@routes.on("GET", RUN, "actions=read")
def one_run(request: Request) -> Answer:
    return Answer(200, _shown(request, wanted_run(request)))


@routes.on("POST", f"{RUN}/rerun", "actions=write")
@routes.on("POST", f"{RUN}/rerun-failed-jobs", "actions=write")
def rerun(request: Request) -> Answer:
    run = wanted_run(request)
    request.given("enable_debug_logging", bool)
    if run.status != "completed":
        raise Refusal(403, "This workflow is already running")
    run.attempt, run.status, run.conclusion = run.attempt + 1, "queued", None
    run.triggering_actor = request.user
    run.started_at = run.updated_at = request.state.now()
    return Answer(201, {})


@routes.on("POST", f"{ACTIONS}/workflows/{{workflow}}/dispatches", "actions=write")
def dispatch(request: Request) -> Answer:
    """The one event that a workflow's own token may cause."""
    at, branch = request.repository, request.required("ref").removeprefix("refs/heads/")
    sha = at.head_of(branch)
    if sha is None:
        raise Refusal(422, f"No ref found for: {branch}")
    path = f"{FOLDER}/{request.values['workflow']}"
    if entry(at.git, sha, path) is None:
        raise not_found()
    inputs = {name: str(value) for name, value in request.given("inputs", dict, {}).items()}
    event = request.write.workflow_dispatch(at, request.user, path, branch, inputs)
    request.tell(event)
    return Answer(204)


def wanted_run(request: Request) -> WorkflowRun:
    found = request.repository.runs.get(request.number("run"))
    if found is None:
        raise not_found()
    return found


def _shown(request: Request, run: WorkflowRun) -> dict[str, Any]:
    actions = request.state.user(ACTIONS_BOT)
    return run_document(request.links, request.repository, run, actions=actions)
