"""What happened to a pull request besides what people said: forced pushes, assignments."""

from bot.demo.hub.documents import Document, moment, node_id
from bot.demo.hub.documents.users import user_document
from bot.demo.hub.paging import paged
from bot.demo.hub.records import Assignment, ForcedPush
from bot.demo.hub.routing import Answer, Request, Routes

REPOSITORY = "/repos/{owner}/{repo}"
READ = "issues=read; pull_requests=read"
routes = Routes()


@routes.on("GET", f"{REPOSITORY}/issues/{{number}}/events", READ)
def event_list(request: Request) -> Answer:
    """Oldest first."""
    pull = request.pull
    happened: list[ForcedPush | Assignment] = [*pull.forced, *pull.assignments]
    happened.sort(key=lambda each: each.at)
    return paged(request, happened, lambda each: _told(request, each))


def _told(request: Request, each: ForcedPush | Assignment) -> Document:
    return _assigned(request, each) if isinstance(each, Assignment) else _shown(request, each)


def _assigned(request: Request, each: Assignment) -> Document:
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


def _shown(request: Request, forced: ForcedPush) -> Document:
    at = request.repository
    return {
        "id": forced.id,
        "node_id": node_id("HRFPE_", forced.id),
        "url": request.links.repository(at, "issues/events", forced.id),
        "actor": user_document(request.links, forced.by),
        "event": "head_ref_force_pushed",
        "commit_id": forced.commit,
        "commit_url": request.links.repository(at, "commits", forced.commit),
        "created_at": moment(forced.at),
        "performed_via_github_app": None,
    }
