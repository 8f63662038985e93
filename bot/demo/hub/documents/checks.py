"""Check runs with their annotations, and commit statuses."""

from bot.demo.hub.documents import Document, moment, node_id
from bot.demo.hub.documents.users import app_document, user_document
from bot.demo.hub.links import Links
from bot.demo.hub.records import CheckRun, CommitStatus, PullRequest, Repository


def check_run_document(links: Links, repository: Repository, run: CheckRun) -> Document:
    url = links.repository(repository, "check-runs", run.id)
    page = links.page(repository, "runs", run.id)
    same_head = [pull for pull in repository.pulls.values() if pull.head_sha == run.head_sha]
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
        "check_suite": {"id": int(run.head_sha[:8], 16)},
        "app": app_document(links, run.app),
        "pull_requests": [_mention(links, repository, pull) for pull in same_head],
    }


def _output(url: str, run: CheckRun) -> Document:
    return {
        "title": run.title,
        "summary": run.summary,
        "text": run.text,
        "annotations_count": len(run.annotations),
        "annotations_url": f"{url}/annotations",
    }


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
    creator = user_document(links, status.creator)
    return {
        "id": status.id,
        "node_id": node_id("SC_", status.id),
        "url": links.repository(repository, "statuses", status.sha),
        "avatar_url": creator["avatar_url"],
        "state": status.state,
        "context": status.context,
        "description": status.description,
        "target_url": status.target_url,
        "created_at": at,
        "updated_at": at,
        "creator": creator,
    }
