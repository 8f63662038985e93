"""What becomes of a commit: what apps found out about it, and where it was brought to."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.demo.hub.accounts import User


@dataclass
class CheckRun:
    """What an app found out about one commit."""

    id: int
    name: str
    head_sha: str
    app: User
    status: str = "queued"
    conclusion: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    external_id: str = ""
    details_url: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class CommitStatus:
    id: int
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    creator: User
    created_at: datetime


@dataclass(frozen=True)
class DeploymentStatus:
    id: int
    state: str
    description: str
    log_url: str
    environment_url: str
    environment: str
    creator: User
    created_at: datetime


@dataclass
class Deployment:
    """A request to bring one commit to an environment; its statuses say how far it got."""

    id: int
    sha: str
    ref: str
    task: str
    environment: str
    payload: Any
    description: str | None
    creator: User
    created_at: datetime
    transient: bool = False
    production: bool = False
    statuses: list[DeploymentStatus] = field(default_factory=list)


@dataclass
class Environment:
    """A place to deploy to, and who must agree before a job may use it."""

    id: int
    name: str
    created_at: datetime
    reviewers: tuple[User, ...] = ()
    wait_minutes: int = 0
    prevent_self_review: bool = False
    protected_branches: bool = False
