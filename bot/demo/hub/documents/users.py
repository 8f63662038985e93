"""Users, and the apps behind bots."""

from bot.demo.hub.accounts import User
from bot.demo.hub.documents import Document, moment, node_id
from bot.demo.hub.links import Links

_LISTS = {
    "followers_url": "followers",
    "following_url": "following{/other_user}",
    "gists_url": "gists{/gist_id}",
    "starred_url": "starred{/owner}{/repo}",
    "subscriptions_url": "subscriptions",
    "organizations_url": "orgs",
    "repos_url": "repos",
    "events_url": "events{/privacy}",
    "received_events_url": "received_events",
}


GHOST = ("ghost", 10137)


def account_document(links: Links, user: User) -> Document | None:
    """None for an account that was deleted, where GitHub's description lets it be null."""
    return None if user.gone else user_document(links, user)


def user_document(links: Links, user: User) -> Document:
    """Where it may not be null, GitHub puts a ghost in place of an account that was deleted."""
    if user.gone:
        login, number = GHOST
        user = User(number, login, user.created_at)
    return {
        "login": user.login,
        "id": user.id,
        "node_id": node_id("U_", user.id),
        "avatar_url": f"{links.site}/avatars/u/{user.id}?v=4",
        "gravatar_id": "",
        "url": links.user(user),
        "html_url": links.profile(user),
        "type": "Bot" if user.bot else "User",
        "site_admin": False,
        "user_view_type": "public",
    } | {name: links.user(user, path) for name, path in _LISTS.items()}


def profile_document(links: Links, user: User) -> Document:
    """A user at length, as asked for by name."""
    at = moment(user.created_at)
    unknown = ("bio", "blog", "company", "email", "hireable", "location", "name")
    numbers = ("followers", "following", "public_gists", "public_repos")
    return (
        user_document(links, user)
        | dict.fromkeys(unknown)
        | dict.fromkeys(numbers, 0)
        | user.profile
        | {"created_at": at, "updated_at": at}
    )


def app_document(links: Links, user: User) -> Document:
    """The app behind a bot; GitHub knows it by the login without the `[bot]`."""
    slug, at = user.login.removesuffix("[bot]"), moment(user.created_at)
    return {
        "id": user.id,
        "slug": slug,
        "node_id": node_id("A_", user.id),
        "owner": user_document(links, user),
        "name": slug,
        "description": None,
        "external_url": f"{links.site}/apps/{slug}",
        "html_url": f"{links.site}/apps/{slug}",
        "created_at": at,
        "updated_at": at,
        "permissions": {"checks": "write", "metadata": "read"},
        "events": [],
    }


def role_document(links: Links, user: User, role: str) -> Document:
    """What a user may do; `permission` is the older word, without triage and maintain."""
    older = {"maintain": "write", "triage": "read"}.get(role, role)
    document = user_document(links, user)
    steps = ["read", "triage", "write", "maintain", "admin"]
    reached = steps[: steps.index(role) + 1] if role in steps else []
    names = {"read": "pull", "write": "push"}
    granted = {names.get(step, step): step in reached for step in steps}
    document |= {"permissions": granted, "role_name": role}
    return {"permission": older, "role_name": role, "user": document}
