"""What happened to a pull request besides what people said."""

from bot.demo.hub.documents.happenings import happening_document
from bot.demo.hub.paging import paged
from bot.demo.hub.records import Issue
from bot.demo.hub.routing import Answer, Request, Routes

READ = "issues=read; pull_requests=read"
routes = Routes()


@routes.on("GET", "/repos/{owner}/{repo}/issues/{number}/events", READ)
def event_list(request: Request) -> Answer:
    """Oldest first. Of issues that are no pull requests, the hub remembers nothing."""
    topic, at = request.topic, request.repository
    found = [] if isinstance(topic, Issue) else topic.happenings
    return paged(request, found, lambda each: happening_document(request.links, at, each))
