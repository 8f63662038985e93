"""Teams, and the organisations they are in."""

from bot.demo.hub.accounts import Team, User
from bot.demo.hub.documents import Document, moment, node_id
from bot.demo.hub.links import Links


def team_document(links: Links, team: Team) -> Document:
    url = links.team(team)
    return {
        "id": team.id,
        "node_id": node_id("T_", team.id),
        "url": url,
        "html_url": f"{links.site}/orgs/{team.organisation.login}/teams/{team.slug}",
        "name": team.name,
        "slug": team.slug,
        "description": None,
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "members_url": f"{url}/members{{/member}}",
        "repositories_url": f"{url}/repos",
        "type": "organization",
        "organization_id": team.organisation.id,
        "parent": None,
    }


def full_team_document(links: Links, team: Team) -> Document:
    """A team as asked for by name: counted, and with its organisation."""
    at = moment(team.created_at)
    return team_document(links, team) | {
        "members_count": len(team.members),
        "repos_count": 0,
        "created_at": at,
        "updated_at": at,
        "organization": organisation_document(links, team.organisation),
    }


def membership_document(links: Links, team: Team, login: str) -> Document:
    url = f"{links.team(team)}/memberships/{login}"
    return {"url": url, "role": team.members[login], "state": "active"}


def organisation_document(links: Links, organisation: User) -> Document:
    """What the hub keeps as an account, in the shape of an organisation."""
    url, at = f"{links.api}/orgs/{organisation.login}", moment(organisation.created_at)
    lists = ("repos", "events", "hooks", "issues", "members{/member}", "public_members{/member}")
    return {f"{name.partition('{')[0]}_url": f"{url}/{name}" for name in lists} | {
        "login": organisation.login,
        "id": organisation.id,
        "node_id": node_id("O_", organisation.id),
        "url": url,
        "avatar_url": f"{links.site}/avatars/u/{organisation.id}?v=4",
        "description": None,
        "html_url": links.profile(organisation),
        "has_organization_projects": False,
        "has_repository_projects": False,
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "type": "Organization",
        "created_at": at,
        "updated_at": at,
        "archived_at": None,
    }
