"""Labels: those of the repository, and those of an issue or pull request."""

import re
from typing import Any

from bot.demo.hub.deeds import LABEL_LIMIT, happened, label_named
from bot.demo.hub.documents.conversation import label_document
from bot.demo.hub.paging import paged
from bot.demo.hub.records import Label
from bot.demo.hub.refusal import Refusal, invalid, not_found
from bot.demo.hub.routing import Answer, Request, Routes

REPOSITORY = "/repos/{owner}/{repo}"
ISSUE = f"{REPOSITORY}/issues/{{number}}"
READ = "issues=read; pull_requests=read"
WRITE = "issues=write; pull_requests=write"
COLOUR = re.compile(r"[0-9A-Fa-f]{6}")
DESCRIPTION_LIMIT = 100
routes = Routes()


@routes.on("GET", f"{REPOSITORY}/labels", READ)
def repository_labels(request: Request) -> Answer:
    labels = list(request.repository.labels.values())
    return paged(request, labels, lambda label: _shown(request, label))


@routes.on("POST", f"{REPOSITORY}/labels", WRITE)
def create_label(request: Request) -> Answer:
    at, name = request.repository, request.required("name")
    colour, description = request.given("color", str, "ededed"), request.given("description", str)
    if name.lower() in {each.lower() for each in at.labels}:
        raise invalid("Label", "name", "already_exists")
    if not name.strip() or len(name) > LABEL_LIMIT:
        raise invalid("Label", "name", "invalid")
    if not COLOUR.fullmatch(colour):
        raise invalid("Label", "color", "invalid")
    if len(description or "") > DESCRIPTION_LIMIT:
        raise invalid("Label", "description", "custom", "description is too long")
    made = at.labels[name] = Label(request.state.next_id(), name, colour.lower(), description)
    return Answer(201, _shown(request, made))


@routes.on("GET", f"{REPOSITORY}/labels/{{label}}", READ)
def one_label(request: Request) -> Answer:
    wanted = request.values["label"].lower()
    for name, label in request.repository.labels.items():
        if name.lower() == wanted:
            return Answer(200, _shown(request, label))
    raise not_found()


@routes.on("GET", f"{ISSUE}/labels", READ)
def label_list(request: Request) -> Answer:
    labels = [request.repository.labels[name] for name in request.topic.labels]
    return paged(request, labels, lambda label: _shown(request, label))


@routes.on("POST", f"{ISSUE}/labels", WRITE)
def add_labels(request: Request) -> Answer:
    for name in names_in(request.body):
        label = label_named(request.state, request.repository, name)
        if label.name not in request.topic.labels:
            request.topic.labels.append(label.name)
            happened(request.state, request.topic, request.user, "labeled", label)
    return label_list(request)


@routes.on("DELETE", f"{ISSUE}/labels/{{label}}", WRITE)
def remove_label(request: Request) -> Answer:
    topic, name = request.topic, request.values["label"]
    if name not in topic.labels:
        raise Refusal(404, "Label does not exist")
    topic.labels.remove(name)
    label = request.repository.labels[name]
    happened(request.state, topic, request.user, "unlabeled", label)
    return label_list(request)


def names_in(given: Any) -> list[str]:
    """The names in a list, each a word or an object with a name."""
    listed = given if isinstance(given, list) else []
    names: list[Any] = [each.get("name") if isinstance(each, dict) else each for each in listed]
    if not all(isinstance(name, str) for name in names):
        raise Refusal(422, "Invalid request.\n\nA label is a string.")
    return names


def _shown(request: Request, label: Label) -> dict[str, Any]:
    return label_document(request.links, request.repository, label)
