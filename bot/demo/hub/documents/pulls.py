"""Pull requests and their reviews."""

from bot.demo.hub.accounts import User
from bot.demo.hub.documents import Document, moment, moment_or_none, node_id
from bot.demo.hub.documents.conversation import label_document
from bot.demo.hub.documents.repository import repository_document
from bot.demo.hub.documents.teams import team_document
from bot.demo.hub.documents.users import account_document, user_document
from bot.demo.hub.links import Links
from bot.demo.hub.objects import Change
from bot.demo.hub.records import PullRequest, Repository, Review, Topic


def pull_document(links: Links, repository: Repository, pull: PullRequest) -> Document:
    """A pull request as a list shows it."""
    people = [user_document(links, user) for user in pull.requested_reviewers]
    assignees = [user_document(links, user) for user in pull.assignees]
    return _addresses(links, repository, pull) | {
        "id": pull.id,
        "node_id": node_id("PR_", pull.id),
        "number": pull.number,
        "state": pull.state,
        "locked": False,
        "title": pull.title,
        "user": account_document(links, pull.user),
        "body": pull.body,
        "created_at": moment(pull.created_at),
        "updated_at": moment(pull.updated_at),
        "closed_at": moment_or_none(pull.closed_at),
        "merged_at": moment_or_none(pull.merged_at),
        "merge_commit_sha": pull.merge_commit_sha,
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "requested_reviewers": people,
        "requested_teams": [team_document(links, each) for each in pull.requested_teams],
        "labels": labels_document(links, repository, pull),
        "milestone": None,
        "draft": pull.draft,
        "head": _side(links, pull.head_repository, pull.head_ref, pull.head_sha),
        "base": _side(links, repository, pull.base_ref, pull.base_sha),
        "author_association": association(repository, pull.user),
        "auto_merge": None,
        "active_lock_reason": None,
    }


def full_pull_document(
    links: Links,
    repository: Repository,
    pull: PullRequest,
    *,
    changes: list[Change],
    commits: int,
    mergeable: bool | None,
) -> Document:
    """A pull request as asked for by number: counted, and tried for conflicts."""
    state = {None: "unknown", True: "clean", False: "dirty"}[mergeable]
    merged_by = None if pull.merged_by is None else account_document(links, pull.merged_by)
    return pull_document(links, repository, pull) | {
        "user": user_document(links, pull.user),
        "merged": pull.merged,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": "draft" if pull.draft and mergeable else state,
        "merged_by": merged_by,
        "comments": len(pull.comments),
        "review_comments": len(pull.line_comments),
        "maintainer_can_modify": False,
        "commits": commits,
        "additions": sum(change.additions for change in changes),
        "deletions": sum(change.deletions for change in changes),
        "changed_files": len(changes),
    }


def association(repository: Repository, user: User) -> str:
    if user.login == repository.owner.login:
        return "OWNER"
    if user.login in repository.roles:
        return "COLLABORATOR"
    merged = any(pull.merged and pull.user == user for pull in repository.pulls.values())
    return "CONTRIBUTOR" if merged else "NONE"


def _side(links: Links, repository: Repository, ref: str, sha: str) -> Document:
    return {
        "label": f"{repository.owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user_document(links, repository.owner),
        "repo": repository_document(links, repository),
    }


def labels_document(links: Links, repository: Repository, topic: Topic) -> list[Document]:
    return [label_document(links, repository, repository.labels[name]) for name in topic.labels]


def _addresses(links: Links, repository: Repository, pull: PullRequest) -> Document:
    url = links.repository(repository, "pulls", pull.number)
    issue = links.repository(repository, "issues", pull.number)
    page = links.page(repository, "pull", pull.number)
    addresses = {
        "html": page,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": links.repository(repository, "pulls/comments{/number}"),
        "commits": f"{url}/commits",
        "statuses": links.repository(repository, "statuses", pull.head_sha),
    }
    return {
        "url": url,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        **{f"{name}_url": address for name, address in addresses.items()},
        "_links": {name: {"href": at} for name, at in {"self": url, **addresses}.items()},
    }


def review_document(
    links: Links, repository: Repository, pull: PullRequest, review: Review
) -> Document:
    page = f"{links.page(repository, 'pull', pull.number)}#pullrequestreview-{review.id}"
    url = links.repository(repository, "pulls", pull.number)
    return {
        "id": review.id,
        "node_id": node_id("PRR_", review.id),
        "user": account_document(links, review.user),
        "body": review.body,
        "state": review.state,
        "commit_id": review.commit_id,
        "submitted_at": moment(review.submitted_at),
        "author_association": association(repository, review.user),
        "html_url": page,
        "pull_request_url": url,
        "_links": {"html": {"href": page}, "pull_request": {"href": url}},
    }
