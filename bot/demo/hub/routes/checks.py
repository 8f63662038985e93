"""Check runs and commit statuses."""

from collections.abc import Iterable
from typing import Any

from bot.demo.hub.documents import moment
from bot.demo.hub.documents.checks import annotation_document, check_run_document, status_document
from bot.demo.hub.documents.repository import repository_document
from bot.demo.hub.outcomes import CheckRun, CommitStatus
from bot.demo.hub.paging import paged
from bot.demo.hub.refusal import Refusal, invalid, no_commit, not_found
from bot.demo.hub.routing import Answer, Request, Routes
from bot.demo.hub.state import ACTIONS_BOT

REPOSITORY = "/repos/{owner}/{repo}"
CHECKS = f"{REPOSITORY}/check-runs"
ANNOTATION_LIMIT = 50
TEXT_LIMIT = 65_535
STATUSES = ("queued", "in_progress", "completed")
CONCLUSIONS = (
    *("action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale"),
    "timed_out",
)
LEVELS = ("notice", "warning", "failure")
STATES = ("error", "failure", "pending", "success")
routes = Routes()


@routes.on("POST", CHECKS, "checks=write")
def create_check_run(request: Request) -> Answer:
    if not request.token.app:
        raise Refusal(403, "You must authenticate via a GitHub App.")
    sha = request.repository.git.resolve(request.required("head_sha"))
    if sha is None:
        raise no_commit(request.required("head_sha"))
    run = CheckRun(0, request.required("name"), sha, request.user)
    _update(request, run)
    run.id = request.state.next_id()
    run.started_at = run.started_at or moment(request.state.now())
    request.repository.check_runs[run.id] = run
    return Answer(201, _shown(request, run))


@routes.on("GET", f"{CHECKS}/{{check}}", "checks=read")
def one_check_run(request: Request) -> Answer:
    return Answer(200, _shown(request, _wanted(request)))


@routes.on("PATCH", f"{CHECKS}/{{check}}", "checks=write")
def update_check_run(request: Request) -> Answer:
    run = _wanted(request)
    if not request.token.app or run.app != request.user:
        raise Refusal(403, f"Invalid app_id `{request.user.id}` - check run can only be modified "
                      "by the GitHub App that created it.")  # fmt: skip
    _update(request, run)
    return Answer(200, _shown(request, run))


@routes.on("POST", f"{CHECKS}/{{check}}/rerequest", "checks=write")
def rerequest(request: Request) -> Answer:
    """An app asks for its own check run again; those of GitHub Actions are run again as jobs."""
    run = _wanted(request)
    if not request.token.app or run.app != request.user or run.app.login == ACTIONS_BOT:
        raise Refusal(403, "This check run is not rerequestable")
    request.tell(request.write.check_run(request.repository, run, request.user, "rerequested"))
    return Answer(201, {})


@routes.on("GET", f"{CHECKS}/{{check}}/annotations", "checks=read")
def annotations(request: Request) -> Answer:
    run, at = _wanted(request), request.repository
    return paged(
        request, run.annotations, lambda each: annotation_document(request.links, at, run, each)
    )


@routes.on("GET", f"{REPOSITORY}/commits/{{ref}}/check-runs", "checks=read")
def check_runs_of_commit(request: Request) -> Answer:
    """The newest of each name, unless all are asked for."""
    sha, query = _commit(request), request.query
    runs = [run for run in request.repository.check_runs.values() if run.head_sha == sha]
    if query.get("filter", "latest") == "latest":
        runs = list({(run.app.login, run.name): run for run in runs}.values())
    status, name = query.get("status"), query.get("check_name")
    runs = [run for run in runs if status in (None, run.status) and name in (None, run.name)]
    return paged(request, runs[::-1], lambda run: _shown(request, run), key="check_runs")


def _wanted(request: Request) -> CheckRun:
    found = request.repository.check_runs.get(request.number("check"))
    if found is None:
        raise not_found()
    return found


def _shown(request: Request, run: CheckRun) -> dict[str, Any]:
    return check_run_document(request.links, request.repository, run)


def _update(request: Request, run: CheckRun) -> None:
    output = _output(request)
    status = request.chosen("status", STATUSES, run.status)
    conclusion = request.chosen("conclusion", CONCLUSIONS)
    if status == "completed" and not (conclusion or run.conclusion):
        raise invalid("CheckRun", "conclusion", "missing_field")
    for name in ("external_id", "details_url", "started_at", "completed_at", "name"):
        setattr(run, name, request.given(name, str, getattr(run, name)))
    run.status = "completed" if conclusion else status
    run.conclusion = conclusion or (run.conclusion if run.status == "completed" else None)
    if run.status == "completed":
        run.completed_at = run.completed_at or moment(request.state.now())
    if output:
        run.title, run.summary = output["title"], output["summary"]
        run.text = output.get("text", run.text)
        run.annotations += output.get("annotations", [])


def _output(request: Request) -> dict[str, Any]:
    """The output, if GitHub would take it. Annotations add to those of earlier calls."""
    output: dict[str, Any] = request.given("output", dict, {})
    for name in ("title", "summary") if output else ():
        if not isinstance(output.get(name), str):
            raise Refusal(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')
    for name in ("summary", "text"):
        if len(output.get(name) or "") > TEXT_LIMIT:
            sentence = (
                f"Only {TEXT_LIMIT} characters are allowed; {len(output[name])} were supplied."
            )
            raise Refusal(422, f"Invalid request.\n\n{sentence}")
    given = output.get("annotations", [])
    if len(given) > ANNOTATION_LIMIT:
        sentence = f"No more than {ANNOTATION_LIMIT} items are allowed; {len(given)} were supplied."
        raise Refusal(422, f"Invalid request.\n\n{sentence}")
    for each in given:
        _require_annotation(each)
    return output


def _require_annotation(annotation: dict[str, Any]) -> None:
    for name in ("path", "start_line", "end_line", "annotation_level", "message"):
        if name not in annotation:
            raise Refusal(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')
    if annotation["annotation_level"] not in LEVELS:
        raise Refusal(422, "Invalid request.\n\nannotation_level is not a member of its list.")
    if "start_column" in annotation and annotation["start_line"] != annotation["end_line"]:
        raise invalid("CheckRun", "annotations", "invalid", "start_column needs a single line")


def _commit(request: Request) -> str:
    sha = request.repository.commit_named(request.values["ref"])
    if sha is None:
        raise no_commit(request.values["ref"])
    return sha


@routes.on("POST", f"{REPOSITORY}/statuses/{{sha}}", "statuses=write")
def create_status(request: Request) -> Answer:
    sha = request.repository.git.resolve(request.values["sha"])
    if sha is None:
        raise no_commit(request.values["sha"])
    status = CommitStatus(
        id=request.state.next_id(),
        sha=sha,
        state=request.chosen("state", STATES) or request.required("state"),
        context=request.given("context", str, "default"),
        description=_description(request),
        target_url=request.given("target_url", str),
        creator=request.user,
        created_at=request.state.now(),
    )
    request.repository.statuses.append(status)
    return Answer(201, status_document(request.links, request.repository, status))


def _description(request: Request) -> str | None:
    text: str | None = request.given("description", str)
    if text is not None and len(text) > 140:
        sentence = "description is too long (maximum is 140 characters)"
        raise invalid("Status", "description", "custom", sentence)
    return text


# The second is an older address that clients still use.
@routes.on("GET", f"{REPOSITORY}/commits/{{ref}}/statuses", "statuses=read")
@routes.on("GET", f"{REPOSITORY}/statuses/{{ref}}", "statuses=read")
def status_list(request: Request) -> Answer:
    sha, at = _commit(request), request.repository
    found = [status for status in at.statuses if status.sha == sha][::-1]
    return paged(request, found, lambda status: status_document(request.links, at, status))


@routes.on("GET", f"{REPOSITORY}/commits/{{ref}}/status", "statuses=read")
def combined_status(request: Request) -> Answer:
    """The newest status of each context, and the worst of them."""
    sha, at = _commit(request), request.repository
    newest = {status.context: status for status in at.statuses if status.sha == sha}
    found = list(newest.values())
    answer = paged(
        request, found, lambda status: status_document(request.links, at, status), key="statuses"
    )
    url = request.links.repository(at, "commits", sha)
    known = {
        "state": combined(status.state for status in found),
        "sha": sha,
        "repository": repository_document(request.links, at),
        "commit_url": url,
        "url": f"{url}/status",
    }
    return Answer(200, answer.body | known, answer.headers)


def combined(states: Iterable[str]) -> str:
    known = set(states)
    if known & {"error", "failure"}:
        return "failure"
    return "success" if known == {"success"} else "pending"
