"""Deployments, how far each got, and the environments they go to."""

from bot.demo.hub.accounts import User
from bot.demo.hub.documents import Document, moment, node_id
from bot.demo.hub.documents.users import account_document, app_document, user_document
from bot.demo.hub.links import Links
from bot.demo.hub.outcomes import Deployment, DeploymentStatus, Environment
from bot.demo.hub.records import Repository


def deployment_document(links: Links, repository: Repository, deployment: Deployment) -> Document:
    url = links.repository(repository, "deployments", deployment.id)
    newest = deployment.statuses[-1].created_at if deployment.statuses else deployment.created_at
    return {
        "id": deployment.id,
        "node_id": node_id("DE_", deployment.id),
        "url": url,
        "sha": deployment.sha,
        "ref": deployment.ref,
        "task": deployment.task,
        "payload": deployment.payload,
        "environment": deployment.environment,
        "original_environment": deployment.environment,
        "description": deployment.description,
        "creator": account_document(links, deployment.creator),
        "created_at": moment(deployment.created_at),
        "updated_at": moment(newest),
        "statuses_url": f"{url}/statuses",
        "repository_url": links.repository(repository),
        "transient_environment": deployment.transient,
        "production_environment": deployment.production,
        "performed_via_github_app": _app(links, deployment.creator),
    }


def deployment_status_document(
    links: Links, repository: Repository, deployment: Deployment, status: DeploymentStatus
) -> Document:
    url = links.repository(repository, "deployments", deployment.id)
    at = moment(status.created_at)
    return {
        "id": status.id,
        "node_id": node_id("DS_", status.id),
        "url": f"{url}/statuses/{status.id}",
        "state": status.state,
        "creator": account_document(links, status.creator),
        "description": status.description,
        "environment": status.environment,
        "environment_url": status.environment_url,
        "log_url": status.log_url,
        "target_url": status.log_url,
        "created_at": at,
        "updated_at": at,
        "deployment_url": url,
        "repository_url": links.repository(repository),
        "performed_via_github_app": _app(links, status.creator),
    }


def _app(links: Links, user: User) -> Document | None:
    return app_document(links, user) if user.bot else None


def environment_document(
    links: Links, repository: Repository, environment: Environment
) -> Document:
    at = moment(environment.created_at)
    policy = {"protected_branches": True, "custom_branch_policies": False}
    page = links.page(repository, "deployments/activity_log")
    return {
        "id": environment.id,
        "node_id": node_id("EN_", environment.id),
        "name": environment.name,
        "url": links.repository(repository, "environments", environment.name),
        "html_url": f"{page}?environments_filter={environment.name}",
        "created_at": at,
        "updated_at": at,
        "can_admins_bypass": True,
        "protection_rules": _protection_rules(links, environment),
        "deployment_branch_policy": policy if environment.protected_branches else None,
    }


def _protection_rules(links: Links, environment: Environment) -> list[Document]:
    rules: list[Document] = []
    if environment.wait_minutes:
        rules.append({"type": "wait_timer", "wait_timer": environment.wait_minutes})
    if environment.reviewers:
        people = [user_document(links, user) for user in environment.reviewers]
        reviewers = [{"type": "User", "reviewer": person} for person in people]
        shared = {"prevent_self_review": environment.prevent_self_review}
        rules.append({"type": "required_reviewers", "reviewers": reviewers, **shared})
    if environment.protected_branches:
        rules.append({"type": "branch_policy"})
    numbered = enumerate(rules, environment.id * 10)
    return [{"id": at, "node_id": node_id("GA_", at), **rule} for at, rule in numbered]
