"""Events: what GitHub tells a workflow, in the shape of its webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.demo.hub.accounts import User
from bot.demo.hub.deeds import commits_of, fork_point, trial_merge
from bot.demo.hub.documents import Document
from bot.demo.hub.documents.actions import run_document, workflow_document
from bot.demo.hub.documents.checks import check_run_document, check_suite_document, suite_of
from bot.demo.hub.documents.commits import simple_commit_document
from bot.demo.hub.documents.conversation import comment_document
from bot.demo.hub.documents.issues import issue_document
from bot.demo.hub.documents.pulls import (
    association,
    full_pull_document,
    pull_document,
    review_document,
)
from bot.demo.hub.documents.repository import repository_document
from bot.demo.hub.documents.users import user_document
from bot.demo.hub.git import NO_COMMIT
from bot.demo.hub.links import Links
from bot.demo.hub.objects import changes, commit
from bot.demo.hub.outcomes import CheckRun
from bot.demo.hub.records import Comment, PullRequest, Repository, Review, Topic, WorkflowRun
from bot.demo.hub.state import ACTIONS_BOT, State


@dataclass(frozen=True)
class Event:
    """One event: its name, its payload, and the commit and reference a workflow runs for.

    `sha` and `ref` are what GITHUB_SHA and GITHUB_REF would be.
    """

    name: str
    payload: dict[str, Any]
    sha: str
    ref: str

    @property
    def action(self) -> str | None:
        action: str | None = self.payload.get("action")
        return action

    @property
    def actor(self) -> str:
        login: str = self.payload["sender"]["login"]
        return login

    def environment(self) -> dict[str, str]:
        """The variables of a runner that follow from the event; the payload's file is not ours."""
        repository = self.payload["repository"]
        pull = self.payload.get("pull_request", {})
        base, head = (pull.get(side, {}).get("ref", "") for side in ("base", "head"))
        return {
            "GITHUB_EVENT_NAME": self.name,
            "GITHUB_SHA": self.sha,
            "GITHUB_REF": self.ref,
            "GITHUB_REF_NAME": self.ref.removeprefix("refs/heads/").removeprefix("refs/pull/"),
            "GITHUB_BASE_REF": base,
            "GITHUB_HEAD_REF": head,
            "GITHUB_ACTOR": self.actor,
            "GITHUB_ACTOR_ID": str(self.payload["sender"]["id"]),
            "GITHUB_TRIGGERING_ACTOR": self.actor,
            "GITHUB_REPOSITORY": repository["full_name"],
            "GITHUB_REPOSITORY_ID": str(repository["id"]),
            "GITHUB_REPOSITORY_OWNER": repository["owner"]["login"],
        }


@dataclass(frozen=True)
class Events:
    """Writes the events of one hub."""

    state: State
    links: Links

    def pull_request(
        self, at: Repository, pull: PullRequest, sender: User, action: str, **more: Any
    ) -> Event:
        made = trial_merge(self.state, at, pull) if pull.state == "open" else pull.merge_commit_sha
        if pull.state == "open":
            pull.merge_commit_sha = made
        document = full_pull_document(
            self.links,
            at,
            pull,
            changes=changes(at.git, fork_point(at, pull), pull.head_sha),
            commits=len(commits_of(at, pull)),
            mergeable=made is not None if pull.state == "open" else None,
        )
        payload = {"action": action, "number": pull.number, "pull_request": document}
        body = payload | more | self._common(at, sender)
        if pull.merged:
            return Event("pull_request", body, made or "", f"refs/heads/{pull.base_ref}")
        return Event("pull_request", body, made or pull.head_sha, f"refs/pull/{pull.number}/merge")

    def review(
        self, at: Repository, pull: PullRequest, sender: User, review: Review, action: str
    ) -> Event:
        shown = review_document(self.links, at, pull, review)
        # webhooks write the state in lower case, the API in capitals
        shown["state"] = shown["state"].lower()
        payload = {
            "action": action,
            "review": shown,
            "pull_request": pull_document(self.links, at, pull),
        }
        made = trial_merge(self.state, at, pull) if pull.state == "open" else None
        ref = f"refs/pull/{pull.number}/merge"
        body = payload | self._common(at, sender)
        return Event("pull_request_review", body, made or pull.head_sha, ref)

    def comment(
        self, at: Repository, topic: Topic, sender: User, comment: Comment, **more: Any
    ) -> Event:
        near = association(at, comment.user)
        payload = {
            "action": "created",
            "issue": issue_document(self.links, at, topic),
            "comment": comment_document(self.links, at, topic, comment, association=near),
        }
        return self._on_default_branch("issue_comment", at, payload | more, sender)

    def push(self, at: Repository, branch: str, before: str | None, sender: User) -> Event:
        after = at.head_of(branch) or NO_COMMIT
        new = [] if before is None else at.git.history(f"{before}..{after}")[::-1]
        commits = [self._pushed(at, sha) for sha in new]
        head = commits[-1] if commits else self._pushed(at, after)
        payload = {
            "ref": f"refs/heads/{branch}",
            "before": before or NO_COMMIT,
            "after": after,
            "created": before is None,
            "deleted": False,
            "forced": before is not None and not at.git.contains(before, after),
            "base_ref": None,
            "compare": self.links.page(at, "compare", f"{(before or after)[:12]}...{after[:12]}"),
            "commits": commits,
            "head_commit": head,
            "pusher": {"name": sender.login, "email": sender.email},
        }
        return Event("push", payload | self._common(at, sender), after, f"refs/heads/{branch}")

    def merge_group(
        self, at: Repository, pull: PullRequest, *, head: str, base: str, sender: User
    ) -> Event:
        queue = f"refs/heads/gh-readonly-queue/{pull.base_ref}/pr-{pull.number}-{base}"
        group = {
            "head_sha": head,
            "head_ref": queue,
            "base_sha": base,
            "base_ref": f"refs/heads/{pull.base_ref}",
            "head_commit": self._simple(at, head),
        }
        payload = {"action": "checks_requested", "merge_group": group}
        return Event("merge_group", payload | self._common(at, sender), head, queue)

    def check_run(self, at: Repository, run: CheckRun, sender: User, action: str) -> Event:
        shown = check_run_document(self.links, at, run)
        shown["check_suite"] = self._suite(at, run.app, run.head_sha)
        return self._on_default_branch(
            "check_run", at, {"action": action, "check_run": shown}, sender
        )

    def check_suite(self, at: Repository, app: User, sha: str, sender: User, action: str) -> Event:
        runs = [each for each in at.check_runs.values() if each.head_sha == sha]
        suite = self._suite(at, app, sha) | {
            "head_commit": self._simple(at, sha),
            "check_runs_url": self.links.repository(
                at, "check-suites", suite_of(sha, app), "check-runs"
            ),
            "latest_check_runs_count": len({each.name for each in runs if each.app == app}),
            "rerequestable": True,
            "runs_rerequestable": True,
        }
        payload = {"action": action, "check_suite": suite}
        return self._on_default_branch("check_suite", at, payload, sender)

    def _suite(self, at: Repository, app: User, sha: str) -> Document:
        own = [each for each in at.check_runs.values() if (each.app, each.head_sha) == (app, sha)]
        return check_suite_document(self.links, at, app, sha, own)

    def workflow_run(self, at: Repository, run: WorkflowRun, action: str) -> Event:
        actions = self.state.user(ACTIONS_BOT)
        payload = {
            "action": action,
            "workflow": workflow_document(self.links, at, run),
            "workflow_run": run_document(self.links, at, run, actions=actions),
        }
        return self._on_default_branch("workflow_run", at, payload, run.triggering_actor)

    def workflow_dispatch(
        self, at: Repository, sender: User, workflow: str, ref: str, inputs: Mapping[str, str]
    ) -> Event:
        reference = f"refs/heads/{ref}"
        payload = {"inputs": dict(inputs), "ref": reference, "workflow": workflow}
        body = payload | self._common(at, sender)
        return Event("workflow_dispatch", body, at.head_of(ref) or "", reference)

    def schedule(self, at: Repository, sender: User, cron: str) -> Event:
        return self._on_default_branch("schedule", at, {"schedule": cron}, sender)

    def _on_default_branch(
        self, name: str, at: Repository, payload: Document, sender: User
    ) -> Event:
        tip = at.head_of(at.default_branch) or ""
        body = payload | self._common(at, sender)
        return Event(name, body, tip, f"refs/heads/{at.default_branch}")

    def _common(self, at: Repository, sender: User) -> Document:
        return {
            "repository": repository_document(self.links, at),
            "sender": user_document(self.links, sender),
        }

    def _simple(self, at: Repository, sha: str) -> Document:
        return simple_commit_document(commit(at.git, sha))

    def _pushed(self, at: Repository, sha: str) -> Document:
        parents = commit(at.git, sha).parents
        files = changes(at.git, parents[0] if parents else None, sha)
        gone = [file.previous for file in files if file.previous and file.status == "renamed"]
        return self._simple(at, sha) | {
            "distinct": True,
            "url": self.links.page(at, "commit", sha),
            "added": [file.filename for file in files if file.status in ("added", "renamed")],
            "removed": [file.filename for file in files if file.status == "removed"] + gone,
            "modified": [file.filename for file in files if file.status in ("modified", "changed")],
        }
