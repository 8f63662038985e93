"""Who a pull request was assigned to, and by whom."""

from bot.demo.hub.documents import Document, moment, node_id
from bot.demo.hub.documents.users import user_document
from bot.demo.hub.paging import paged
from bot.demo.hub.records import Assignment
from bot.demo.hub.refusal import not_found
from bot.demo.hub.routing import Answer, Request, Routes

EVENTS = "/repos/{owner}/{repo}/issues/{number}/events"
routes = Routes()


@routes.on("GET", EVENTS, "issues=read; pull_requests=read")
def issue_events(request: Request) -> Answer:
    """Oldest first. The hub remembers assignments alone."""
    pull = request.repository.pulls.get(int(request.values["number"]))
    if pull is None:
        raise not_found()
    return paged(request, pull.assignments, lambda each: _document(request, each))


def _document(request: Request, each: Assignment) -> Document:
    links = request.links
    return {
        "id": each.id,
        "node_id": node_id("AE_", each.id),
        "url": links.repository(request.repository, "issues/events", each.id),
        "actor": user_document(links, each.by),
        "event": "assigned" if each.given else "unassigned",
        "commit_id": None,
        "commit_url": None,
        "created_at": moment(each.at),
        "performed_via_github_app": None,
        "assignee": user_document(links, each.to),
        "assigner": user_document(links, each.by),
    }
