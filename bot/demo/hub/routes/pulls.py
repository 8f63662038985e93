"""Pull requests: listed, shown, with their files, commits and reviewers."""

from bot.demo.hub.deeds import commits_of, fork_point, trial_merge
from bot.demo.hub.documents.commits import change_document
from bot.demo.hub.documents.pulls import full_pull_document, pull_document
from bot.demo.hub.objects import changes
from bot.demo.hub.paging import paged
from bot.demo.hub.routes.commits import shown_commit
from bot.demo.hub.routing import Answer, Request, Routes

PULLS = "/repos/{owner}/{repo}/pulls"
FILE_LIMIT = 3000
COMMIT_LIMIT = 250
routes = Routes()


@routes.on("GET", PULLS, "pull_requests=read")
def pull_list(request: Request) -> Answer:
    """Open ones unless asked otherwise, newest first."""
    at, query = request.repository, request.query
    state, base, head = query.get("state", "open"), query.get("base"), query.get("head", "")
    found = [
        pull
        for pull in at.pulls.values()
        if state in ("all", pull.state)
        and base in (None, pull.base_ref)
        # a head without its owner is no filter, as on GitHub
        and (":" not in head or head == f"{pull.head_repository.owner.login}:{pull.head_ref}")
    ]
    order = query.get("sort")
    moment = "updated_at" if order == "updated" else "number"
    falling = query.get("direction", "asc" if order else "desc") == "desc"
    found.sort(key=lambda pull: getattr(pull, moment), reverse=falling)
    return paged(request, found, lambda pull: pull_document(request.links, at, pull))


@routes.on("GET", f"{PULLS}/{{number}}", "pull_requests=read")
def one_pull(request: Request) -> Answer:
    at, pull = request.repository, request.pull
    made = trial_merge(request.state, at, pull) if pull.state == "open" else None
    if pull.state == "open":
        pull.merge_commit_sha = made
    mergeable = made is not None if pull.state == "open" else None
    body = full_pull_document(
        request.links,
        at,
        pull,
        changes=changes(at.git, fork_point(at, pull), pull.head_sha),
        commits=len(commits_of(at, pull)),
        mergeable=mergeable,
    )
    return Answer(200, body)


@routes.on("GET", f"{PULLS}/{{number}}/files", "pull_requests=read")
def files(request: Request) -> Answer:
    at, head = request.repository, request.pull.head_sha
    found = changes(at.git, fork_point(at, request.pull), head)
    return paged(
        request,
        found,
        lambda change: change_document(request.links, at, head, change),
        limit=FILE_LIMIT,
    )


@routes.on("GET", f"{PULLS}/{{number}}/commits", "pull_requests=read")
def pull_commits(request: Request) -> Answer:
    shas = commits_of(request.repository, request.pull)
    return paged(request, shas, lambda sha: shown_commit(request, sha), limit=COMMIT_LIMIT)
