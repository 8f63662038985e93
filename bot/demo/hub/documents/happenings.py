"""What was done to a pull request, as GitHub lists it among an issue's events."""

from bot.demo.hub.accounts import Team
from bot.demo.hub.documents import Document, moment, node_id
from bot.demo.hub.documents.teams import team_document
from bot.demo.hub.documents.users import user_document
from bot.demo.hub.links import Links
from bot.demo.hub.records import Happening, Label, Repository


def happening_document(links: Links, repository: Repository, each: Happening) -> Document:
    return {
        "id": each.id,
        "node_id": node_id("EV_", each.id),
        "url": links.repository(repository, "issues/events", each.id),
        "actor": user_document(links, each.actor),
        "event": each.event,
        "commit_id": None,
        "commit_url": None,
        "created_at": moment(each.created_at),
        "performed_via_github_app": None,
    } | _about(links, repository, each)


def _about(links: Links, repository: Repository, each: Happening) -> Document:
    actor, about = user_document(links, each.actor), each.about
    if isinstance(about, str):
        return {"commit_id": about, "commit_url": links.repository(repository, "commits", about)}
    if isinstance(about, Label):
        return {"label": {"name": about.name, "color": about.color}}
    if isinstance(about, Team):
        return {"review_requester": actor, "requested_team": team_document(links, about)}
    person = user_document(links, about)
    if each.event in ("assigned", "unassigned"):
        return {"assigner": actor, "assignee": person}
    return {"review_requester": actor, "requested_reviewer": person}
