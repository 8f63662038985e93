"""What runs keep for others; the bytes lie at an address that is good for a minute."""

from typing import Any

from bot.demo.hub.documents.actions import artifact_document
from bot.demo.hub.paging import paged
from bot.demo.hub.records import Artifact
from bot.demo.hub.refusal import Refusal, not_found
from bot.demo.hub.routes.actions import ACTIONS, RUN, wanted_run
from bot.demo.hub.routing import Answer, Request, Routes

ARTIFACT = f"{ACTIONS}/artifacts/{{artifact}}"
routes = Routes()


@routes.on("GET", f"{RUN}/artifacts", "actions=read")
def artifact_list(request: Request) -> Answer:
    run, name = wanted_run(request), request.query.get("name")
    found = [
        each
        for each in request.repository.artifacts.values()
        if each.run is run and name in (None, each.name)
    ]
    return paged(request, found[::-1], lambda each: _shown(request, each), key="artifacts")


@routes.on("GET", ARTIFACT, "actions=read")
def one_artifact(request: Request) -> Answer:
    return Answer(200, _shown(request, _wanted(request)))


@routes.on("GET", f"{ARTIFACT}/{{format}}", "actions=read")
def artifact_address(request: Request) -> Answer:
    """GitHub sends the caller on to its store, which knows the address and no token."""
    found = _wanted(request)
    if request.values["format"] != "zip":
        raise not_found()
    if found.expired:
        raise Refusal(410, "Artifact has expired")
    state = request.state
    return Answer(
        302, None, {"location": state.store.lend(request.links.api, found.octets, state.now())}
    )


def _wanted(request: Request) -> Artifact:
    found = request.repository.artifacts.get(request.number("artifact"))
    if found is None:
        raise not_found()
    return found


def _shown(request: Request, artifact: Artifact) -> dict[str, Any]:
    return artifact_document(request.links, request.repository, artifact)
