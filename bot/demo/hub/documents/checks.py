"""Check runs with their annotations, and commit statuses."""

from bot.demo.hub.accounts import User
from bot.demo.hub.documents import Document, moment, node_id
from bot.demo.hub.documents.users import account_document, app_document
from bot.demo.hub.links import Links
from bot.demo.hub.outcomes import CheckRun, CommitStatus
from bot.demo.hub.records import PullRequest, Repository


def check_run_document(links: Links, repository: Repository, run: CheckRun) -> Document:
    url = links.repository(repository, "check-runs", run.id)
    page = links.page(repository, "runs", run.id)
    return {
        "id": run.id,
        "node_id": node_id("CR_", run.id),
        "head_sha": run.head_sha,
        "name": run.name,
        "external_id": run.external_id,
        "url": url,
        "html_url": page,
        "details_url": run.details_url or page,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": run.started_at,
        "completed_at": run.completed_at,
        "output": _output(url, run),
        "check_suite": {"id": suite_of(run.head_sha, run.app)},
        "app": app_document(links, run.app),
        "pull_requests": mentions(links, repository, run.head_sha),
    }


def _output(url: str, run: CheckRun) -> Document:
    return {
        "title": run.title,
        "summary": run.summary,
        "text": run.text,
        "annotations_count": len(run.annotations),
        "annotations_url": f"{url}/annotations",
    }


def suite_of(sha: str, app: User) -> int:
    """The check suite that an app has on a commit, by its number."""
    return int(sha[:8], 16) + app.id


def check_suite_document(
    links: Links, repository: Repository, app: User, sha: str, runs: list[CheckRun]
) -> Document:
    """The suite that an app has on a commit: as far and as good as the worst of its runs.

    GitHub does not know the branch of a commit that was pushed to a fork.
    """
    number = suite_of(sha, app)
    url = links.repository(repository, "check-suites", number)
    pulls = mentions(links, repository, sha)
    done = all(run.status == "completed" for run in runs)
    bad = [
        run.conclusion for run in runs if run.conclusion not in ("success", "neutral", "skipped")
    ]
    times = [run.started_at for run in runs if run.started_at]
    return {
        "id": number,
        "node_id": node_id("CS_", number),
        "url": url,
        "head_branch": pulls[0]["head"]["ref"] if pulls else None,
        "head_sha": sha,
        "status": "completed" if done else "in_progress",
        "conclusion": (bad[0] if bad else "success") if done else None,
        "before": None,
        "after": sha,
        "app": app_document(links, app),
        "pull_requests": pulls,
        "created_at": min(times, default=moment(repository.created_at)),
        "updated_at": max(times, default=moment(repository.created_at)),
    }


def mentions(links: Links, repository: Repository, sha: str) -> list[Document]:
    """The pull requests of a commit. GitHub tells of none whose branch is in a fork."""
    found = [
        pull
        for pull in repository.pulls.values()
        if pull.head_sha == sha and pull.head_repository is repository
    ]
    return [_mention(links, repository, pull) for pull in found]


def _mention(links: Links, repository: Repository, pull: PullRequest) -> Document:
    def side(at: Repository, ref: str, sha: str) -> Document:
        repo = {"id": at.id, "url": links.repository(at), "name": at.name}
        return {"ref": ref, "sha": sha, "repo": repo}

    return {
        "id": pull.id,
        "number": pull.number,
        "url": links.repository(repository, "pulls", pull.number),
        "head": side(pull.head_repository, pull.head_ref, pull.head_sha),
        "base": side(repository, pull.base_ref, pull.base_sha),
    }


def annotation_document(
    links: Links, repository: Repository, run: CheckRun, annotation: Document
) -> Document:
    """An annotation as it was given; GitHub writes out the fields that were left open."""
    open_fields = ("start_column", "end_column", "title", "raw_details")
    path = annotation["path"]
    return (
        dict.fromkeys(open_fields)
        | annotation
        | {"blob_href": links.page(repository, "blob", run.head_sha, path)}
    )


def status_document(links: Links, repository: Repository, status: CommitStatus) -> Document:
    at = moment(status.created_at)
    creator = account_document(links, status.creator)
    return {
        "id": status.id,
        "node_id": node_id("SC_", status.id),
        "url": links.repository(repository, "statuses", status.sha),
        "avatar_url": None if creator is None else creator["avatar_url"],
        "state": status.state,
        "context": status.context,
        "description": status.description,
        "target_url": status.target_url,
        "created_at": at,
        "updated_at": at,
        "creator": creator,
    }
