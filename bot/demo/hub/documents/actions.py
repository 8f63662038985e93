"""Workflows, their runs, and what a run keeps for others."""

from datetime import timedelta
from hashlib import sha256
from zlib import crc32

from bot.demo.hub.accounts import User
from bot.demo.hub.documents import Document, moment, node_id
from bot.demo.hub.documents.checks import mentions, suite_of
from bot.demo.hub.documents.commits import simple_commit_document
from bot.demo.hub.documents.repository import repository_document
from bot.demo.hub.documents.users import user_document
from bot.demo.hub.links import Links
from bot.demo.hub.objects import commit
from bot.demo.hub.records import Artifact, Repository, WorkflowRun

KEPT_FOR = timedelta(days=90)


def run_document(
    links: Links, repository: Repository, run: WorkflowRun, *, actions: User
) -> Document:
    """`actions` is the app that GitHub Actions is, whose check suite the run has."""
    suite = suite_of(run.head_sha, actions)
    return _run_addresses(links, repository, run, suite) | {
        "id": run.id,
        "node_id": node_id("WFR_", run.id),
        "name": run.name,
        "display_title": run.title,
        "path": run.path,
        "workflow_id": workflow_number(run.path),
        "run_number": run.number,
        "run_attempt": run.attempt,
        "event": run.event,
        "status": run.status,
        "conclusion": run.conclusion,
        "head_branch": run.head_branch,
        "head_sha": run.head_sha,
        "head_commit": simple_commit_document(commit(repository.git, run.head_sha)),
        "check_suite_id": suite,
        "check_suite_node_id": node_id("CS_", suite),
        "pull_requests": mentions(links, repository, run.head_sha),
        "referenced_workflows": [],
        "actor": user_document(links, run.actor),
        "triggering_actor": user_document(links, run.triggering_actor),
        "repository": repository_document(links, repository),
        "head_repository": repository_document(links, run.head_repository),
        "created_at": moment(run.created_at),
        "run_started_at": moment(run.started_at),
        "updated_at": moment(run.updated_at),
    }


def _run_addresses(links: Links, repository: Repository, run: WorkflowRun, suite: int) -> Document:
    url = links.repository(repository, "actions/runs", run.id)
    earlier = f"{url}/attempts/{run.attempt - 1}" if run.attempt > 1 else None
    return {
        "url": url,
        "html_url": links.page(repository, "actions/runs", run.id),
        "jobs_url": f"{url}/jobs",
        "logs_url": f"{url}/logs",
        "artifacts_url": f"{url}/artifacts",
        "cancel_url": f"{url}/cancel",
        "rerun_url": f"{url}/rerun",
        "previous_attempt_url": earlier,
        "check_suite_url": links.repository(repository, "check-suites", suite),
        "workflow_url": links.repository(
            repository, "actions/workflows", workflow_number(run.path)
        ),
    }


def workflow_number(path: str) -> int:
    """The same path is the same workflow, in whatever run."""
    return crc32(path.encode())


def workflow_document(links: Links, repository: Repository, run: WorkflowRun) -> Document:
    number, at = workflow_number(run.path), moment(repository.created_at)
    file = run.path.rpartition("/")[2]
    return {
        "id": number,
        "node_id": node_id("W_", number),
        "name": run.name,
        "path": run.path,
        "state": "active",
        "created_at": at,
        "updated_at": at,
        "url": links.repository(repository, "actions/workflows", number),
        "html_url": links.page(repository, "blob", repository.default_branch, run.path),
        "badge_url": links.page(repository, "actions/workflows", file, "badge.svg"),
    }


def artifact_document(links: Links, repository: Repository, artifact: Artifact) -> Document:
    url = links.repository(repository, "actions/artifacts", artifact.id)
    at, run = moment(artifact.created_at), artifact.run
    return {
        "id": artifact.id,
        "node_id": node_id("AR_", artifact.id),
        "name": artifact.name,
        "size_in_bytes": len(artifact.octets),
        "url": url,
        "archive_download_url": f"{url}/zip",
        "expired": artifact.expired,
        "digest": f"sha256:{sha256(artifact.octets).hexdigest()}",
        "created_at": at,
        "updated_at": at,
        "expires_at": moment(artifact.created_at + KEPT_FOR),
        "workflow_run": {
            "id": run.id,
            "repository_id": repository.id,
            "head_repository_id": run.head_repository.id,
            "head_branch": run.head_branch,
            "head_sha": run.head_sha,
        },
    }
