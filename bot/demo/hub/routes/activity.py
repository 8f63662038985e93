"""Who pushed what to which branch, as GitHub saw it."""

from urllib.parse import urlencode

from bot.demo.hub.documents import moment, node_id
from bot.demo.hub.documents.users import account_document
from bot.demo.hub.paging import MAXIMUM_SIZE
from bot.demo.hub.records import Activity
from bot.demo.hub.routing import Answer, Request, Routes

ACTIVITY = "/repos/{owner}/{repo}/activity"
routes = Routes()


@routes.on("GET", ACTIVITY, "contents=read")
def activity(request: Request) -> Answer:
    """Newest first, in pages that follow a cursor."""
    query = request.query
    ref, start = query.get("ref"), int(query.get("after", "0"))
    size = min(MAXIMUM_SIZE, int(query.get("per_page", "30")))
    found = [each for each in reversed(request.repository.activities) if ref in (None, each.ref)]
    shown = [_document(request, each) for each in found[start : start + size]]
    if start + size >= len(found):
        return Answer(200, shown)
    following = urlencode({**query.all, "after": str(start + size)})
    link = f'<{request.links.api}{request.path}?{following}>; rel="next"'
    return Answer(200, shown, {"link": link})


def _document(request: Request, each: Activity) -> dict[str, object]:
    return {
        "id": each.id,
        "node_id": node_id("PSH_", each.id),
        "before": each.before,
        "after": each.after,
        "ref": each.ref,
        "timestamp": moment(each.at),
        "activity_type": each.kind,
        "actor": account_document(request.links, each.actor),
    }
