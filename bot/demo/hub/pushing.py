"""Repositories, forks and pushes."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.demo.hub.accounts import Team, User
from bot.demo.hub.deeds import happened
from bot.demo.hub.events import Event, Events
from bot.demo.hub.git import NO_COMMIT, Git, Signature
from bot.demo.hub.links import Links
from bot.demo.hub.outcomes import Environment
from bot.demo.hub.records import Activity, PullRequest, Repository
from bot.demo.hub.state import State

Files = Mapping[str, str | bytes | None]


class Pushing:
    """Deeds on repositories. `events` are all that happened so far, in order."""

    state: State
    events: list[Event]

    def repository(self, full_name: str) -> Repository:
        """What the hub holds of a repository: its `git`, roles, pull requests, deployments."""
        return self.state.repository(full_name)

    @property
    def write(self) -> Events:
        raise NotImplementedError

    @property
    def links(self) -> Links:
        raise NotImplementedError

    def create_repository(
        self,
        full_name: str,
        *,
        directory: Path | None = None,
        files: Files | None = None,
        default_branch: str = "main",
        private: bool = True,
        roles: Mapping[str, str] | None = None,
        message: str = "Start",
    ) -> Repository:
        """Make a repository whose first commit holds the files, or those below a directory."""
        with self.state.lock:
            owner, _, name = full_name.partition("/")
            git = Git.create(self.state.root / f"{full_name}.git", default_branch)
            now, user = self.state.now(), self.state.user(owner)
            at = Repository(self.state.next_id(), user, name, git, default_branch, now, private)
            at.roles.update(roles or {})
            for login in at.roles:
                self.state.user(login)
            self.state.repositories[full_name.lower()] = at
            content: Files = {**(read_files(directory) if directory else {}), **(files or {})}
            signature = user.signed(now)
            git.commit(
                default_branch,
                files=content,
                message=message,
                author=signature,
                parent=None,
                programs=programs_of(directory) if directory else (),
            )
            return at

    def fork(self, repository: str, *, author: str) -> Repository:
        """Copy a repository to a person's own account, with its branches."""
        with self.state.lock:
            parent = self.state.repository(repository)
            git = Git.create(self.state.root / f"{author}/{parent.name}.git", parent.default_branch)
            git.run("fetch", "--quiet", str(parent.git.path), "+refs/heads/*:refs/heads/*")
            made = Repository(
                *(self.state.next_id(), self.state.user(author), parent.name, git),
                *(parent.default_branch, self.state.now(), parent.private, parent),
            )
            self.state.repositories[made.full_name.lower()] = made
            return made

    def push(
        self,
        repository: str,
        branch: str,
        files: Files,
        *,
        author: str,
        message: str = "Change",
        renames: Sequence[tuple[str, str]] = (),
        start: str | None = None,
        replace: bool = False,
        written_by: Signature | None = None,
    ) -> tuple[Event, ...]:
        """Commit to a branch and push it; a file that is None is deleted.

        A new branch starts at `start`, by default at the tip of the default branch. With `replace`
        an old one does too: a forced push. `written_by` is who the commit names, if not the one who
        pushes it: anybody can write anything there. The events are `push`, then one `pull_request`
        (synchronize) for each open pull request of that branch.
        """
        with self.state.lock:
            at, user = self.state.repository(repository), self.state.user(author)
            before = at.head_of(branch)
            parent = at.commit_named(start or at.default_branch)
            at.git.commit(
                branch,
                files=files,
                message=message,
                author=written_by or user.signed(self.state.now()),
                parent=parent if before is None or replace else before,
                moves=renames,
            )
            return self._pushed(at, branch, before, author)

    def push_from(
        self, repository: str, branch: str, *, checkout: Path, revision: str = "HEAD", author: str
    ) -> tuple[Event, ...]:
        """Push a revision of a git checkout on this machine, as `git push --force` would."""
        with self.state.lock:
            at = self.state.repository(repository)
            before = at.head_of(branch)
            at.git.fetch(Git(checkout), revision, f"refs/heads/{branch}")
            return self._pushed(at, branch, before, author)

    def set_role(self, repository: str, login: str, role: str) -> None:
        """Give a person admin, maintain, write, triage, read or none."""
        with self.state.lock:
            self.state.repository(repository).roles[self.state.user(login).login] = role

    def create_team(
        self, organisation: str, slug: str, members: Sequence[str], *, name: str | None = None
    ) -> Team:
        """A team of people by login, the first of whom maintains it."""
        with self.state.lock:
            roles = dict.fromkeys(members, "member") | dict.fromkeys(members[:1], "maintainer")
            for login in roles:
                self.state.user(login)
            owner, now = self.state.user(organisation), self.state.now()
            made = Team(self.state.next_id(), owner, slug, name or slug, now, roles)
            self.state.teams[organisation.lower(), slug] = made
            return made

    def create_environment(
        self,
        repository: str,
        name: str,
        *,
        reviewers: Sequence[str] = (),
        wait_minutes: int = 0,
        prevent_self_review: bool = False,
        protected_branches: bool = False,
    ) -> Environment:
        with self.state.lock:
            people = tuple(self.state.user(login) for login in reviewers)
            made = Environment(
                *(self.state.next_id(), name, self.state.now(), people, wait_minutes),
                prevent_self_review=prevent_self_review,
                protected_branches=protected_branches,
            )
            self.state.repository(repository).environments[name] = made
            return made

    def dispatch(
        self,
        repository: str,
        workflow: str,
        *,
        author: str,
        inputs: Mapping[str, str] | None = None,
        ref: str | None = None,
    ) -> Event:
        """Start a workflow by hand."""
        at, user = self.state.repository(repository), self.state.user(author)
        branch = ref or at.default_branch
        return self._tell(self.write.workflow_dispatch(at, user, workflow, branch, inputs or {}))

    def tick(self, repository: str, cron: str) -> Event:
        """Let the moment of a schedule come."""
        at = self.state.repository(repository)
        return self._tell(self.write.schedule(at, at.owner, cron))

    def _pushed(
        self, at: Repository, branch: str, before: str | None, author: str
    ) -> tuple[Event, ...]:
        user, at.pushed_at = self.state.user(author), self.state.now()
        self._remember(at, branch, before, user)
        told = [self._tell(self.write.push(at, branch, before, user))]
        for target in self.state.repositories.values():
            for pull in target.pulls.values():
                moved = pull.head_repository is at and pull.head_ref == branch
                if moved and pull.state == "open":
                    told.append(self._synchronized(target, pull, author))
        return tuple(told)

    def _remember(self, at: Repository, branch: str, before: str | None, user: User) -> None:
        assert at.pushed_at is not None
        after = at.head_of(branch) or NO_COMMIT
        straight = before is not None and at.git.contains(before, after)
        kind = "branch_creation" if before is None else "push" if straight else "force_push"
        at.activities.append(
            Activity(
                *(len(at.activities) + 1, f"refs/heads/{branch}", before or NO_COMMIT, after),
                *(kind, user, at.pushed_at),
            )
        )

    def _synchronized(self, at: Repository, pull: PullRequest, author: str) -> Event:
        before = pull.head_sha
        pull.head_sha = pull.head_repository.head_of(pull.head_ref) or before
        pull.base_sha = at.head_of(pull.base_ref) or pull.base_sha
        pull.updated_at = self.state.now()
        self._keep_head(at, pull)
        if not pull.head_repository.git.contains(before, pull.head_sha):
            by, sha = self.state.user(author), pull.head_sha
            happened(self.state, pull, by, "head_ref_force_pushed", sha)
        user, moved = self.state.user(author), {"before": before, "after": pull.head_sha}
        return self._tell(self.write.pull_request(at, pull, user, "synchronize", **moved))

    def _keep_head(self, at: Repository, pull: PullRequest) -> None:
        """Keep the head as `refs/pull/N/head`, also when it lies in a fork."""
        reference = f"refs/pull/{pull.number}/head"
        if pull.head_repository is at:
            at.git.run("update-ref", reference, pull.head_sha)
        else:
            at.git.fetch(pull.head_repository.git, f"refs/heads/{pull.head_ref}", reference)

    def _tell(self, event: Event) -> Event:
        self.events.append(event)
        return event


def read_files(directory: Path) -> dict[str, bytes]:
    """Every file below a directory, by its path with forward slashes; git's own are left out."""
    return {name: path.read_bytes() for name, path in _named(directory).items()}


def programs_of(directory: Path) -> set[str]:
    """The paths of the files that are executable."""
    return {name for name, path in _named(directory).items() if os.access(path, os.X_OK)}


def _named(directory: Path) -> dict[str, Path]:
    found = sorted(path for path in directory.rglob("*") if path.is_file())
    named = {path.relative_to(directory).as_posix(): path for path in found}
    return {name: path for name, path in named.items() if ".git" not in name.split("/")}
