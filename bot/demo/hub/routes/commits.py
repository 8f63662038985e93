"""Commits: listed, shown, compared, and traced to their pull requests."""

from typing import Any

from bot.demo.hub.deeds import commits_of
from bot.demo.hub.documents.commits import commit_document, files_document
from bot.demo.hub.documents.pulls import pull_document
from bot.demo.hub.objects import Change, changes, commit
from bot.demo.hub.paging import paged
from bot.demo.hub.records import PullRequest
from bot.demo.hub.refusal import Refusal, no_commit, not_found
from bot.demo.hub.routing import Answer, Request, Routes

REPOSITORY = "/repos/{owner}/{repo}"
FILE_LIMIT = 300
routes = Routes()


def shown_commit(request: Request, sha: str) -> dict[str, Any]:
    found = commit(request.repository.git, sha)
    users = request.state.users.values()
    return commit_document(request.links, request.repository, found, users)


@routes.on("GET", f"{REPOSITORY}/commits", "contents=read")
def commit_list(request: Request) -> Answer:
    at = request.repository
    start = request.query.get("sha") or at.default_branch
    sha = at.commit_named(start)
    if sha is None:
        raise not_found()
    shas = at.git.history(sha, path=request.query.get("path"))
    if author := request.query.get("author", "").lower():
        shas = [each for each in shas if author in _names(shown_commit(request, each))]
    return paged(request, shas, lambda each: shown_commit(request, each))


def _names(document: dict[str, Any]) -> set[str]:
    """What the author of a commit may be asked for by: the login, and the address."""
    account, signed = document["author"] or {}, document["commit"]["author"]
    return {str(account.get("login", "")).lower(), str(signed["email"]).lower()}


@routes.on("GET", f"{REPOSITORY}/commits/{{ref}}", "contents=read")
def one_commit(request: Request) -> Answer:
    at, ref = request.repository, request.values["ref"]
    sha = at.commit_named(ref)
    if sha is None:
        raise no_commit(ref)
    parents = commit(at.git, sha).parents
    files = changes(at.git, parents[0] if parents else None, sha)
    added, deleted = (sum(getattr(f, name) for f in files) for name in ("additions", "deletions"))
    stats = {"additions": added, "deletions": deleted, "total": added + deleted}
    listed = files_document(request.links, at, sha, files[:FILE_LIMIT])
    return Answer(200, shown_commit(request, sha) | {"stats": stats, "files": listed})


@routes.on("GET", f"{REPOSITORY}/commits/{{sha}}/pulls", "pull_requests=read")
def pulls_of_commit(request: Request) -> Answer:
    """The merged pull request that brought a commit, and the open ones that hold it."""
    at = request.repository
    sha = at.git.resolve(request.values["sha"])
    if sha is None:
        raise no_commit(request.values["sha"])

    def holds(pull: PullRequest) -> bool:
        return sha == pull.merge_commit_sha or sha in (*pull.brought, *commits_of(at, pull))

    found = [pull for pull in at.pulls.values() if holds(pull)]
    return paged(request, found, lambda pull: pull_document(request.links, at, pull))


@routes.on("GET", f"{REPOSITORY}/compare/{{basehead}}", "contents=read")
def comparison(request: Request) -> Answer:
    """From the common ancestor to the head, as GitHub's three dots mean it."""
    at = request.repository
    base_name, dots, head_name = request.values["basehead"].partition("...")
    base, head = at.commit_named(base_name), at.commit_named(head_name)
    ancestor = at.git.merge_base(base, head) if dots and base and head else None
    if base is None or head is None or ancestor is None:
        raise Refusal(404, "Not Found")
    ahead = at.git.history(f"{base}..{head}")[::-1]
    behind = len(at.git.history(f"{head}..{base}"))
    shown = paged(request, ahead, lambda sha: shown_commit(request, sha))
    files = changes(at.git, ancestor, head)[:FILE_LIMIT]
    counts = {"ahead_by": len(ahead), "behind_by": behind, "total_commits": len(ahead)}
    ends = {
        "base_commit": shown_commit(request, base),
        "merge_base_commit": shown_commit(request, ancestor),
    }
    body = _addresses(request) | ends | counts | _differences(request, head, files)
    status = {"status": _status(len(ahead), behind), "commits": shown.body}
    return Answer(200, body | status, shown.headers)


def _status(ahead: int, behind: int) -> str:
    if ahead and behind:
        return "diverged"
    return "ahead" if ahead else "behind" if behind else "identical"


def _addresses(request: Request) -> dict[str, str]:
    between = request.values["basehead"]
    page = request.links.page(request.repository, "compare", between)
    return {
        "url": request.links.repository(request.repository, "compare", between),
        "html_url": page,
        "permalink_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
    }


def _differences(request: Request, head: str, files: list[Change]) -> dict[str, Any]:
    return {"files": files_document(request.links, request.repository, head, files)}
