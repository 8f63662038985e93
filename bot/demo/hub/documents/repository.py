"""Repositories, in full, and the rate limit."""

from bot.demo.hub.documents import Document, moment, node_id
from bot.demo.hub.documents.users import user_document
from bot.demo.hub.links import Links
from bot.demo.hub.records import Repository

_TEMPLATES = {
    "archive_url": "{archive_format}{/ref}",
    "assignees_url": "assignees{/user}",
    "blobs_url": "git/blobs{/sha}",
    "branches_url": "branches{/branch}",
    "collaborators_url": "collaborators{/collaborator}",
    "comments_url": "comments{/number}",
    "commits_url": "commits{/sha}",
    "compare_url": "compare/{base}...{head}",
    "contents_url": "contents/{+path}",
    "contributors_url": "contributors",
    "deployments_url": "deployments",
    "downloads_url": "downloads",
    "events_url": "events",
    "forks_url": "forks",
    "git_commits_url": "git/commits{/sha}",
    "git_refs_url": "git/refs{/sha}",
    "git_tags_url": "git/tags{/sha}",
    "hooks_url": "hooks",
    "issue_comment_url": "issues/comments{/number}",
    "issue_events_url": "issues/events{/number}",
    "issues_url": "issues{/number}",
    "keys_url": "keys{/key_id}",
    "labels_url": "labels{/name}",
    "languages_url": "languages",
    "merges_url": "merges",
    "milestones_url": "milestones{/number}",
    "notifications_url": "notifications{?since,all,participating}",
    "pulls_url": "pulls{/number}",
    "releases_url": "releases{/id}",
    "stargazers_url": "stargazers",
    "statuses_url": "statuses/{sha}",
    "subscribers_url": "subscribers",
    "subscription_url": "subscription",
    "tags_url": "tags",
    "teams_url": "teams",
    "trees_url": "git/trees{/sha}",
}
_COUNTS = (
    "forks",
    "forks_count",
    "stargazers_count",
    "watchers",
    "watchers_count",
    "network_count",
    "subscribers_count",
    "size",
)
_SWITCHES = {
    "allow_merge_commit": True,
    "allow_squash_merge": True,
    "allow_rebase_merge": True,
    "allow_forking": True,
    "has_issues": True,
    "has_projects": False,
    "has_wiki": False,
    "has_pages": False,
    "has_discussions": False,
    "has_downloads": False,
    "archived": False,
    "disabled": False,
    "is_template": False,
    "web_commit_signoff_required": False,
}


def repository_document(links: Links, repository: Repository) -> Document:
    """A repository as it appears wherever GitHub mentions one."""
    waiting = sum(pull.state == "open" for pull in repository.pulls.values())
    created = moment(repository.created_at)
    return (
        {name: links.repository(repository, path) for name, path in _TEMPLATES.items()}
        | dict.fromkeys(_COUNTS, 0)
        | _SWITCHES
        | _addresses(links, repository)
        | {
            "id": repository.id,
            "node_id": node_id("R_", repository.id),
            "name": repository.name,
            "full_name": repository.full_name,
            "owner": user_document(links, repository.owner),
            "private": repository.private,
            "visibility": "private" if repository.private else "public",
            "description": repository.description,
            "fork": repository.parent is not None,
            "default_branch": repository.default_branch,
            "open_issues": waiting,
            "open_issues_count": waiting,
            "topics": [],
            "created_at": created,
            "updated_at": created,
            "pushed_at": moment(repository.pushed_at or repository.created_at),
        }
    )


def _addresses(links: Links, repository: Repository) -> Document:
    page = links.page(repository)
    host = links.site.partition("://")[2]
    return {
        "url": links.repository(repository),
        "html_url": page,
        "clone_url": f"{page}.git",
        "svn_url": page,
        "git_url": f"git://{host}/{repository.full_name}.git",
        "ssh_url": f"git@{host}:{repository.full_name}.git",
        "homepage": None,
        "language": None,
        "license": None,
        "mirror_url": None,
    }


def full_repository_document(links: Links, repository: Repository) -> Document:
    """A repository as asked for by name: with what it was forked from."""
    document = repository_document(links, repository)
    if repository.parent is not None:
        parent = repository_document(links, repository.parent)
        document |= {"parent": parent, "source": parent}
    return document


def rate_limit_document(limit: int, used: int, reset: int) -> Document:
    core = {"limit": limit, "used": used, "remaining": limit - used, "reset": reset}
    search = {"limit": 30, "used": 0, "remaining": 30, "reset": reset}
    return {"resources": {"core": core, "search": search}, "rate": core}
