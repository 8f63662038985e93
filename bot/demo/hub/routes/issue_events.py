"""What happened to a pull request besides what people said: its branch was forced elsewhere."""

from bot.demo.hub.documents import Document, moment, node_id
from bot.demo.hub.documents.users import user_document
from bot.demo.hub.paging import paged
from bot.demo.hub.records import ForcedPush
from bot.demo.hub.routing import Answer, Request, Routes

REPOSITORY = "/repos/{owner}/{repo}"
READ = "issues=read; pull_requests=read"
routes = Routes()


@routes.on("GET", f"{REPOSITORY}/issues/{{number}}/events", READ)
def event_list(request: Request) -> Answer:
    """Oldest first."""
    return paged(request, request.pull.forced, lambda each: _shown(request, each))


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
