"""Deployments, their statuses, and environments."""

from dataclasses import replace
from typing import Any

from bot.demo.hub.documents.deployments import (
    deployment_document,
    deployment_status_document,
    environment_document,
)
from bot.demo.hub.merging import MergeConflict, MergeMethod, merge
from bot.demo.hub.outcomes import Deployment, DeploymentStatus, Environment
from bot.demo.hub.paging import paged
from bot.demo.hub.refusal import Refusal, not_found
from bot.demo.hub.routing import Answer, Request, Routes

REPOSITORY = "/repos/{owner}/{repo}"
DEPLOYMENTS = f"{REPOSITORY}/deployments"
STATES = ("error", "failure", "inactive", "in_progress", "queued", "pending", "success")
routes = Routes()


@routes.on("GET", DEPLOYMENTS, "deployments=read")
def deployment_list(request: Request) -> Answer:
    """Newest first. GitHub reads `none` in the query as no filter."""
    at = request.repository
    wanted = {
        name: value
        for name in ("sha", "ref", "task", "environment")
        if (value := request.query.get(name, "none")) != "none"
    }
    found = [
        each
        for each in at.deployments.values()
        if all(getattr(each, name) == value for name, value in wanted.items())
    ]
    return paged(request, found[::-1], lambda each: deployment_document(request.links, at, each))


@routes.on("POST", DEPLOYMENTS, "deployments=write")
def create_deployment(request: Request) -> Answer:
    at, ref = request.repository, request.required("ref")
    sha = at.commit_named(ref)
    if sha is None:
        raise Refusal(422, f"No ref found for: {ref}")
    if request.given("auto_merge", bool, True) and _merged_default_branch(request, ref, sha):
        sentence = f"Auto-merged {at.default_branch} into {ref} on deployment."
        return Answer(202, {"message": sentence})
    _require_contexts(request, ref, sha)
    environment = request.given("environment", str, "production")
    deployment = Deployment(
        id=request.state.next_id(),
        sha=sha,
        ref=ref,
        task=request.given("task", str, "deploy"),
        environment=environment,
        payload=_payload(request),
        description=request.given("description", str, "") or None,
        creator=request.user,
        created_at=request.state.now(),
        transient=request.given("transient_environment", bool, False),
        production=request.given("production_environment", bool, environment == "production"),
    )
    at.deployments[deployment.id] = deployment
    environment_named(request, environment)
    return Answer(201, deployment_document(request.links, at, deployment))


def _payload(request: Request) -> Any:
    payload = request.fields.get("payload", {})
    return payload if isinstance(payload, dict | str) else {}


def _merged_default_branch(request: Request, ref: str, sha: str) -> bool:
    """GitHub brings a branch up to date before it deploys it, unless told not to."""
    at = request.repository
    tip = at.head_of(at.default_branch)
    if at.head_of(ref) is None or tip is None or at.git.contains(tip, sha):
        return False
    signature = request.user.signed(request.state.now())
    try:
        made = merge(
            at.git,
            MergeMethod.MERGE,
            base=sha,
            head=tip,
            message=f"Merge branch '{at.default_branch}' into {ref}",
            author=signature,
            committer=signature,
        )
    except MergeConflict as error:
        raise Refusal(409, f"Conflict merging {at.default_branch} into {ref}.") from error
    at.git.set_branch(ref, made)
    return True


def _require_contexts(request: Request, ref: str, sha: str) -> None:
    """Every status and check of the commit must be good, unless the caller names which count."""
    required = request.given("required_contexts", list)
    newest = {each.context: each.state for each in request.repository.statuses if each.sha == sha}
    for run in request.repository.check_runs.values():
        if run.head_sha == sha:
            newest[run.name] = run.conclusion or "pending"
    wanted = newest if required is None else required
    good = {"success", "neutral", "skipped"}
    if any(newest.get(context) not in good for context in wanted):
        raise Refusal(409, f"Conflict: Commit status checks failed for {ref}.")


@routes.on("GET", f"{DEPLOYMENTS}/{{deployment}}", "deployments=read")
def one_deployment(request: Request) -> Answer:
    found = _wanted(request)
    return Answer(200, deployment_document(request.links, request.repository, found))


def _wanted(request: Request) -> Deployment:
    found = request.repository.deployments.get(request.number("deployment"))
    if found is None:
        raise not_found()
    return found


@routes.on("GET", f"{DEPLOYMENTS}/{{deployment}}/statuses", "deployments=read")
def status_list(request: Request) -> Answer:
    deployment = _wanted(request)
    newest_first = deployment.statuses[::-1]
    return paged(request, newest_first, lambda each: _shown(request, deployment, each))


@routes.on("GET", f"{DEPLOYMENTS}/{{deployment}}/statuses/{{status}}", "deployments=read")
def one_status(request: Request) -> Answer:
    deployment, number = _wanted(request), request.number("status")
    for status in deployment.statuses:
        if status.id == number:
            return Answer(200, _shown(request, deployment, status))
    raise not_found()


@routes.on("POST", f"{DEPLOYMENTS}/{{deployment}}/statuses", "deployments=write")
def create_status(request: Request) -> Answer:
    deployment = _wanted(request)
    state = request.chosen("state", STATES) or request.required("state")
    status = _status(request, deployment, state)
    retires_earlier = request.given("auto_inactive", bool, True) and state == "success"
    deployment.environment = status.environment
    deployment.statuses.append(status)
    if retires_earlier:
        _retire_earlier(request, deployment)
    return Answer(201, _shown(request, deployment, status))


def _status(request: Request, deployment: Deployment, state: str) -> DeploymentStatus:
    return DeploymentStatus(
        id=request.state.next_id(),
        state=state,
        description=request.given("description", str, ""),
        log_url=request.given("log_url", str, request.given("target_url", str, "")),
        environment_url=request.given("environment_url", str, ""),
        environment=request.given("environment", str, deployment.environment),
        creator=request.user,
        created_at=request.state.now(),
    )


def _retire_earlier(request: Request, newest: Deployment) -> None:
    """GitHub marks what was deployed there before as inactive, except in production."""
    for each in request.repository.deployments.values():
        earlier = each.id < newest.id and each.environment == newest.environment
        active = bool(each.statuses) and each.statuses[-1].state == "success"
        if earlier and active and not each.transient and not each.production:
            was = each.statuses[-1]
            now, number = request.state.now(), request.state.next_id()
            retired = replace(was, id=number, state="inactive", description="", created_at=now)
            each.statuses.append(retired)


def _shown(request: Request, deployment: Deployment, status: DeploymentStatus) -> Any:
    at = request.repository
    return deployment_status_document(request.links, at, deployment, status)


def environment_named(request: Request, name: str) -> Environment:
    """The environment of that name; deploying to a new one makes it."""
    at = request.repository
    if name not in at.environments:
        made = Environment(request.state.next_id(), name, request.state.now())
        at.environments[name] = made
    return at.environments[name]


@routes.on("GET", f"{REPOSITORY}/environments", "actions=read")
def environment_list(request: Request) -> Answer:
    at = request.repository
    found = list(at.environments.values())
    return paged(
        request,
        found,
        lambda each: environment_document(request.links, at, each),
        key="environments",
    )


@routes.on("GET", f"{REPOSITORY}/environments/{{environment}}", "actions=read")
def one_environment(request: Request) -> Answer:
    found = request.repository.environments.get(request.values["environment"])
    if found is None:
        raise not_found()
    return Answer(200, environment_document(request.links, request.repository, found))
