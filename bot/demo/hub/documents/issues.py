"""Issues: those that are nothing else, and the issue that every pull request also is."""

from bot.demo.hub.documents import Document, moment, moment_or_none, node_id
from bot.demo.hub.documents.conversation import REACTIONS
from bot.demo.hub.documents.pulls import association, labels_document, pull_document
from bot.demo.hub.documents.users import account_document
from bot.demo.hub.links import Links
from bot.demo.hub.records import Issue, PullRequest, Repository, Topic


def issue_document(links: Links, repository: Repository, topic: Topic) -> Document:
    shared = {
        "number": topic.number,
        "state": topic.state,
        "locked": False,
        "title": topic.title,
        "body": topic.body,
        "user": account_document(links, topic.user),
        "labels": labels_document(links, repository, topic),
        "milestone": None,
        "assignee": None,
        "assignees": [],
        "active_lock_reason": None,
        "created_at": moment(topic.created_at),
        "updated_at": moment(topic.updated_at),
        "closed_at": moment_or_none(topic.closed_at),
        "author_association": association(repository, topic.user),
        "comments": len(topic.comments),
        "reactions": _no_reactions(links.repository(repository, "issues", topic.number)),
    }
    own = _issue(links, repository, topic) if isinstance(topic, Issue) else None
    return shared | _addresses(links, repository, topic) | (own or _pull(links, repository, topic))


def _no_reactions(url: str) -> Document:
    """The hub knows reactions to comments only."""
    return {"url": f"{url}/reactions", "total_count": 0, **dict.fromkeys(REACTIONS, 0)}


def _addresses(links: Links, repository: Repository, topic: Topic) -> Document:
    url = links.repository(repository, "issues", topic.number)
    return {
        "url": url,
        "repository_url": links.repository(repository),
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
    }


def _issue(links: Links, repository: Repository, issue: Issue) -> Document:
    return {
        "id": issue.id,
        "node_id": node_id("I_", issue.id),
        "html_url": links.page(repository, "issues", issue.number),
        "state_reason": issue.state_reason,
    }


def _pull(links: Links, repository: Repository, pull: Topic) -> Document:
    assert isinstance(pull, PullRequest)
    page = links.page(repository, "pull", pull.number)
    shown = pull_document(links, repository, pull)
    same = ("url", "html_url", "diff_url", "patch_url", "merged_at")
    return {
        "id": pull.id + 1,
        "node_id": node_id("I_", pull.id + 1),
        "html_url": page,
        "draft": pull.draft,
        "pull_request": {name: shown[name] for name in same},
    }
