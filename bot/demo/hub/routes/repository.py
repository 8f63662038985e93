"""The repository itself: its branches, its files, and what its people may do."""

from typing import Any

from bot.demo.hub.documents import node_id
from bot.demo.hub.documents.commits import (
    commit_document,
    encoded,
    entry_document,
    git_commit_document,
    tree_document,
)
from bot.demo.hub.documents.repository import full_repository_document
from bot.demo.hub.documents.users import role_document
from bot.demo.hub.objects import blob, commit, entry, tree
from bot.demo.hub.paging import paged
from bot.demo.hub.records import Repository
from bot.demo.hub.refusal import Refusal, not_found
from bot.demo.hub.routing import Answer, Request, Routes

REPOSITORY = "/repos/{owner}/{repo}"
routes = Routes()


@routes.on("GET", REPOSITORY, "metadata=read")
def repository(request: Request) -> Answer:
    return Answer(200, full_repository_document(request.links, request.repository))


@routes.on("GET", f"{REPOSITORY}/collaborators", "metadata=read")
def collaborators(request: Request) -> Answer:
    roles = {request.repository.owner.login: "admin", **request.repository.roles}

    def shown(login: str) -> Any:
        user = request.state.user(login)
        return role_document(request.links, user, roles[login])["user"]

    return paged(request, list(roles), shown)


@routes.on("GET", f"{REPOSITORY}/collaborators/{{username}}/permission", "metadata=read")
def permission(request: Request) -> Answer:
    user = request.state.users.get(request.values["username"])
    if user is None:
        raise not_found()
    role = request.repository.role_of(user.login)
    return Answer(200, role_document(request.links, user, role))


@routes.on("GET", f"{REPOSITORY}/branches/{{branch}}", "contents=read")
def branch(request: Request) -> Answer:
    name = request.values["branch"]
    sha = request.repository.head_of(name)
    if sha is None:
        raise Refusal(404, "Branch not found")
    url = request.links.repository(request.repository, "branches", name)
    users = request.state.users.values()
    links = {"self": url, "html": request.links.page(request.repository, "tree", name)}
    tip = commit(request.repository.git, sha)
    return Answer(
        200,
        {
            "name": name,
            "commit": commit_document(request.links, request.repository, tip, users),
            "_links": links,
            **_protection(request.repository, name),
            "protection_url": f"{url}/protection",
        },
    )


def _protection(repository: Repository, branch: str) -> dict[str, Any]:
    names = list(repository.required_checks) if branch == repository.default_branch else []
    if not names:
        return {"protected": False, "protection": {"enabled": False}}
    checks = {"enforcement_level": "everyone", "contexts": names, "checks": []}
    return {"protected": True, "protection": {"enabled": True, "required_status_checks": checks}}


@routes.on("GET", f"{REPOSITORY}/git/ref/{{reference}}", "contents=read")
def reference(request: Request) -> Answer:
    name = f"refs/{request.values['reference']}"
    sha = request.repository.git.resolve(name)
    if sha is None:
        raise not_found()
    url = request.links.repository(request.repository, "git", name)
    stored = request.links.repository(request.repository, "git/commits", sha)
    target = {"type": "commit", "sha": sha, "url": stored}
    return Answer(
        200, {"ref": name, "node_id": node_id("REF_", name), "url": url, "object": target}
    )


@routes.on("GET", f"{REPOSITORY}/contents/{{path}}", "contents=read")
def contents(request: Request) -> Answer:
    """A file with its content, a folder as a list, or the bare bytes if those are accepted."""
    at, path = request.repository, request.values["path"].strip("/")
    revision = request.query.get("ref") or at.default_branch
    sha = at.commit_named(revision)
    if sha is None:
        raise Refusal(404, f"No commit found for the ref {revision}")
    found = entry(at.git, sha, path) if path else None
    if path and found is None:
        raise not_found()
    if found is None or found.type == "tree":
        return _folder(request, at, revision, f"{sha}:{path}", path)
    content = blob(at.git, found.sha) or b""
    if "raw" in request.accept:
        return Answer(200, content, {"content-type": "application/vnd.github.raw; charset=utf-8"})
    return Answer(200, entry_document(request.links, at, revision, found) | encoded(content))


def _folder(request: Request, at: Repository, revision: str, treeish: str, path: str) -> Answer:
    listed = []
    for each in tree(at.git, treeish) or []:
        full = f"{path}/{each.path}" if path else each.path
        whole = type(each)(each.mode, each.type, each.sha, full, each.size)
        listed.append(entry_document(request.links, at, revision, whole))
    return Answer(200, listed)


@routes.on("GET", f"{REPOSITORY}/git/trees/{{treeish}}", "contents=read")
def git_tree(request: Request) -> Answer:
    at, name = request.repository, request.values["treeish"]
    entries = tree(at.git, name, recursive=request.query.get("recursive") is not None)
    if entries is None:
        raise not_found()
    sha = at.git.run("rev-parse", f"{name}^{{tree}}")
    return Answer(200, tree_document(request.links, at, sha, entries))


@routes.on("GET", f"{REPOSITORY}/git/blobs/{{sha}}", "contents=read")
def git_blob(request: Request) -> Answer:
    sha = request.values["sha"]
    content = None if sha.startswith("-") else blob(request.repository.git, sha)
    if content is None:
        raise not_found()
    if "raw" in request.accept:
        return Answer(200, content, {"content-type": "application/vnd.github.raw; charset=utf-8"})
    url = request.links.repository(request.repository, "git/blobs", sha)
    known = {"sha": sha, "node_id": node_id("B_", sha), "size": len(content), "url": url}
    return Answer(200, known | encoded(content))


@routes.on("GET", f"{REPOSITORY}/git/commits/{{sha}}", "contents=read")
def git_commit(request: Request) -> Answer:
    """Only the whole SHA of a commit is understood here."""
    at, sha = request.repository, request.values["sha"]
    if at.git.resolve(sha) != sha:
        raise not_found()
    return Answer(200, git_commit_document(request.links, at, commit(at.git, sha)))
