"""What people do on GitHub. Every deed is really done, and tells the events it caused."""

from typing import Any

from bot.demo.hub.accounts import User
from bot.demo.hub.deeds import (
    add_review,
    ask_for_review,
    commits_of,
    dismiss_review,
    happened,
    withdraw_review_request,
)
from bot.demo.hub.documents.users import user_document
from bot.demo.hub.events import Event
from bot.demo.hub.git import Signature
from bot.demo.hub.merging import MergeMethod, merge, revert
from bot.demo.hub.objects import commits
from bot.demo.hub.records import PullRequest, Repository
from bot.demo.hub.refusal import unprocessable
from bot.demo.hub.talking import Talking

GITHUB = ("GitHub", "noreply@github.com")


class People(Talking):
    """Deeds on pull requests. A repository is named `owner/name`, a person by login."""

    def open_pull_request(
        self,
        repository: str,
        *,
        author: str,
        head: str,
        title: str,
        base: str | None = None,
        body: str | None = None,
        draft: bool = False,
        head_repository: str | None = None,
    ) -> Event:
        """Propose the branch `head`, of `head_repository` if that is a fork."""
        with self.state.lock:
            at = self.state.repository(repository)
            source = self.state.repository(head_repository or repository)
            base = base or at.default_branch
            tip, target = source.head_of(head), at.head_of(base)
            if tip is None or target is None:
                raise unprocessable(f"No branch called {head if tip is None else base}")
            if source.git.contains(tip, target) and source is at:
                raise unprocessable(f"No commits between {base} and {head}")
            now, user = self.state.now(), self.state.user(author)
            number = at.next_number
            pull = PullRequest(
                *(self.state.next_id(), number, title, body, user, source, head, tip, base, target),
                created_at=now,
                updated_at=now,
                draft=draft,
            )
            self._keep_head(at, pull)
            at.pulls[number] = pull
            return self._tell(self.write.pull_request(at, pull, user, "opened"))

    def review(
        self,
        repository: str,
        number: int,
        *,
        author: str,
        event: str = "APPROVE",
        body: str = "",
        commit_id: str | None = None,
    ) -> Event:
        """APPROVE, REQUEST_CHANGES or COMMENT, on the head unless another commit is named."""
        with self.state.lock:
            at, pull = self._pull(repository, number)
            user = self.state.user(author)
            review = add_review(
                self.state, at, pull, user, event=event, body=body, commit_id=commit_id
            )
            return self._tell(self.write.review(at, pull, user, review, "submitted"))

    def dismiss(self, repository: str, number: int, review_id: int, *, author: str) -> Event:
        with self.state.lock:
            at, pull = self._pull(repository, number)
            review = dismiss_review(pull, review_id)
            user = self.state.user(author)
            return self._tell(self.write.review(at, pull, user, review, "dismissed"))

    def request_review(self, repository: str, number: int, *, author: str, reviewer: str) -> Event:
        with self.state.lock:
            at, pull = self._pull(repository, number)
            asked, user = self.state.user(reviewer), self.state.user(author)
            ask_for_review(self.state, pull, user, asked)
            shown = user_document(self.links, asked)
            more = {"requested_reviewer": shown}
            return self._tell(self.write.pull_request(at, pull, user, "review_requested", **more))

    def withdraw_request(self, repository: str, number: int, *, author: str, reviewer: str) -> None:
        """Take somebody off the list of those who are asked for a review."""
        with self.state.lock:
            _, pull = self._pull(repository, number)
            user, asked = self.state.user(author), self.state.user(reviewer)
            withdraw_review_request(self.state, pull, user, asked)

    def assign(
        self, repository: str, number: int, *, author: str, assignee: str, given: bool = True
    ) -> Event:
        """Give somebody a pull request to do, or relieve them of it."""
        with self.state.lock:
            at, pull = self._pull(repository, number)
            to, by = self.state.user(assignee), self.state.user(author)
            action = "assigned" if given else "unassigned"
            happened(self.state, pull, by, action, to)
            others = [each for each in pull.assignees if each != to]
            pull.assignees = [*others, to] if given else others
            more = {"assignee": user_document(self.links, to)}
            return self._tell(self.write.pull_request(at, pull, by, action, **more))

    def edit_pull_request(
        self, repository: str, number: int, *, author: str, **fields: str | None
    ) -> Event:
        """Change `title`, `body` or `base`."""
        with self.state.lock:
            at, pull = self._pull(repository, number)
            changes = {name: _changed(at, pull, name, value) for name, value in fields.items()}
            user, pull.updated_at = self.state.user(author), self.state.now()
            event = self.write.pull_request(at, pull, user, "edited", changes=changes)
            return self._tell(event)

    def set_draft(self, repository: str, number: int, draft: bool, *, author: str) -> Event:
        with self.state.lock:
            at, pull = self._pull(repository, number)
            pull.draft, user = draft, self.state.user(author)
            action = "converted_to_draft" if draft else "ready_for_review"
            return self._tell(self.write.pull_request(at, pull, user, action))

    def close(self, repository: str, number: int, *, author: str) -> Event:
        with self.state.lock:
            at, pull = self._pull(repository, number)
            pull.state, pull.closed_at = "closed", self.state.now()
            user = self.state.user(author)
            return self._tell(self.write.pull_request(at, pull, user, "closed"))

    def reopen(self, repository: str, number: int, *, author: str) -> Event:
        with self.state.lock:
            at, pull = self._pull(repository, number)
            if pull.merged:
                raise unprocessable("A merged pull request can not be opened again")
            pull.state, pull.closed_at = "open", None
            user = self.state.user(author)
            return self._tell(self.write.pull_request(at, pull, user, "reopened"))

    def merge(
        self, repository: str, number: int, *, author: str, method: str = "merge"
    ) -> tuple[Event, Event]:
        """Press one of the three buttons; the events are `pull_request` closed and `push`."""
        with self.state.lock:
            at, pull = self._pull(repository, number)
            if pull.state != "open":
                raise unprocessable("Pull Request is not mergeable")
            user, before = self.state.user(author), at.head_of(pull.base_ref)
            made = self._merged(at, pull, user, MergeMethod(method))
            at.git.set_branch(pull.base_ref, made)
            now = at.pushed_at = self.state.now()
            pull.state, pull.merge_commit_sha, pull.merged_by = "closed", made, user
            pull.merged_at = pull.closed_at = pull.updated_at = now
            pull.brought = tuple(at.git.history(made, f"^{before}"))
            closed = self._tell(self.write.pull_request(at, pull, user, "closed"))
            return closed, self._tell(self.write.push(at, pull.base_ref, before, user))

    def revert(self, repository: str, number: int, *, author: str) -> Event:
        """Propose to take a merged pull request back, as GitHub's button does."""
        with self.state.lock:
            at, pull = self._pull(repository, number)
            if not pull.merged or pull.merge_commit_sha is None:
                raise unprocessable("Only a merged pull request can be reverted")
            user, branch = self.state.user(author), f"revert-{number}-{pull.head_ref}"
            tip = at.head_of(pull.base_ref) or pull.merge_commit_sha
            message = f'Revert "{pull.title}"'
            made = revert(at.git, pull.brought, tip, message, user.signed(self.state.now()))
            at.git.set_branch(branch, made)
            self._pushed(at, branch, None, author)
            body = f"Reverts {at.full_name}#{number}"
            return self.open_pull_request(
                repository, author=author, head=branch, title=message, body=body, base=pull.base_ref
            )

    def queue(self, repository: str, number: int, *, author: str) -> Event:
        """Put a pull request into the merge queue: its merge is built and checks are asked for."""
        with self.state.lock:
            at, pull = self._pull(repository, number)
            user, base = self.state.user(author), at.head_of(pull.base_ref) or ""
            head = self._merged(at, pull, user, MergeMethod.MERGE)
            event = self.write.merge_group(at, pull, head=head, base=base, sender=user)
            at.git.run("update-ref", event.ref, head)
            return self._tell(event)

    def delete_account(self, login: str) -> None:
        """What somebody wrote stays, and nobody wrote it. The login is free for others."""
        with self.state.lock:
            gone = self.state.users.pop(login)
            gone.gone = True
            for at in self.state.repositories.values():
                at.roles.pop(login, None)
                for pull in at.pulls.values():
                    pull.assignees = [each for each in pull.assignees if each != gone]
                    asked = [each for each in pull.requested_reviewers if each != gone]
                    pull.requested_reviewers = asked
            for team in self.state.teams.values():
                team.members.pop(login, None)

    def _pull(self, repository: str, number: int) -> tuple[Repository, PullRequest]:
        at = self.state.repository(repository)
        return at, at.pulls[number]

    def _merged(self, at: Repository, pull: PullRequest, user: User, method: MergeMethod) -> str:
        """The commit that joins both sides on top of the base branch's tip."""
        now = self.state.now()
        committer = Signature(*GITHUB, now)
        squash = method is MergeMethod.SQUASH
        return merge(
            at.git,
            method,
            base=at.head_of(pull.base_ref) or pull.base_sha,
            head=pull.head_sha,
            message=self._squash_message(at, pull) if squash else _merge_message(pull),
            author=(pull.user if squash else user).signed(now),
            committer=user.signed(now) if method is MergeMethod.REBASE else committer,
        )

    def _squash_message(self, at: Repository, pull: PullRequest) -> str:
        """GitHub's text: the title, what each commit said, and who else had a hand in it."""
        made = commits(at.git, commits_of(at, pull))
        heading = f"{pull.title} (#{pull.number})"
        told = [f"* {each.message}" for each in made] if len(made) > 1 else []
        authors = {f"{each.author.name} <{each.author.email}>": each.author.email for each in made}
        others = [who for who, email in authors.items() if email != pull.user.email]
        trailers = "\n".join(f"Co-authored-by: {who}" for who in others)
        return "\n\n".join(part for part in (heading, *told, trailers) if part)


def _changed(at: Repository, pull: PullRequest, name: str, value: str | None) -> Any:
    """Change a field; what it was before, as the event tells it."""
    if name != "base":
        before, field = getattr(pull, name), {"title": "title", "body": "body"}[name]
        setattr(pull, field, value)
        return {"from": before}
    tip = at.head_of(value or "")
    if tip is None or value is None:
        raise unprocessable(f"No branch called {value}")
    was = {"ref": {"from": pull.base_ref}, "sha": {"from": pull.base_sha}}
    pull.base_ref, pull.base_sha = value, tip
    return was


def _merge_message(pull: PullRequest) -> str:
    source = f"{pull.head_repository.owner.login}/{pull.head_ref}"
    return f"Merge pull request #{pull.number} from {source}\n\n{pull.title}"
