"""What can be done to a pull request, by a person or through the API, within GitHub's limits."""

from bot.demo.hub.accounts import Team, User
from bot.demo.hub.git import GitFailed
from bot.demo.hub.merging import MergeConflict, MergeMethod, merge
from bot.demo.hub.records import Comment, Happening, Label, PullRequest, Repository, Review, Topic
from bot.demo.hub.refusal import invalid, not_found, unprocessable
from bot.demo.hub.state import State

BODY_LIMIT = 65_536
LABEL_LIMIT = 50
STATES = {
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
    "COMMENT": "COMMENTED",
}


def require_body(body: str) -> str:
    """A comment's text, if GitHub would take it."""
    if not body.strip():
        raise invalid("IssueComment", "data", "unprocessable", "Body cannot be blank")
    if len(body) > BODY_LIMIT:
        sentence = f"Body is too long (maximum is {BODY_LIMIT} characters)"
        raise invalid("IssueComment", "data", "unprocessable", sentence)
    return body


def add_comment(state: State, topic: Topic, user: User, body: str) -> Comment:
    now = state.now()
    comment = Comment(state.next_id(), user, require_body(body), now, now)
    topic.comments[comment.id] = comment
    topic.updated_at = now
    return comment


def add_review(
    state: State,
    repository: Repository,
    pull: PullRequest,
    user: User,
    *,
    event: str,
    body: str,
    commit_id: str | None,
) -> Review:
    """Leave an opinion on a commit of the pull request; by default, on its head."""
    if event != "COMMENT" and user == pull.user:
        deed = "approve" if event == "APPROVE" else "request changes on"
        raise unprocessable(f"Can not {deed} your own pull request")
    if event != "APPROVE" and not body.strip():
        raise unprocessable("Body cannot be blank")
    commit = pull.head_sha if commit_id is None else repository.git.resolve(commit_id)
    if commit is None or not repository.git.contains(commit, pull.head_sha):
        raise unprocessable("Commit is not part of the pull request")
    review = Review(state.next_id(), user, STATES[event], body, commit, state.now())
    pull.reviews[review.id] = review
    pull.requested_reviewers = [each for each in pull.requested_reviewers if each != user]
    pull.updated_at = review.submitted_at
    return review


def happened(
    state: State, topic: Topic, actor: User, event: str, about: User | Team | Label | str
) -> None:
    """Remember what was done, where it was done to a pull request."""
    if isinstance(topic, PullRequest):
        topic.happenings.append(Happening(state.next_id(), event, actor, state.now(), about))


def ask_for_review(state: State, pull: PullRequest, actor: User, asked: User | Team) -> None:
    """Nothing happens if that is asked for already."""
    if asked in (*pull.requested_reviewers, *pull.requested_teams):
        return
    if isinstance(asked, User):
        pull.requested_reviewers.append(asked)
    else:
        pull.requested_teams.append(asked)
    happened(state, pull, actor, "review_requested", asked)


def withdraw_review_request(
    state: State, pull: PullRequest, actor: User, asked: User | Team
) -> None:
    pull.requested_reviewers = [each for each in pull.requested_reviewers if each != asked]
    pull.requested_teams = [each for each in pull.requested_teams if each != asked]
    happened(state, pull, actor, "review_request_removed", asked)


def dismiss_review(pull: PullRequest, number: int) -> Review:
    review = pull.reviews.get(number)
    if review is None:
        raise not_found()
    if review.state not in ("APPROVED", "CHANGES_REQUESTED"):
        raise unprocessable("Can not dismiss a commented pull request review")
    review.state = "DISMISSED"
    return review


def label_named(state: State, repository: Repository, name: str) -> Label:
    """The label of that name, made if it is new, as GitHub does when one is put on an issue."""
    if not name.strip() or len(name) > LABEL_LIMIT:
        raise invalid("Label", "name", "invalid")
    known = {each.lower(): label for each, label in repository.labels.items()}
    found = known.get(name.lower())
    if found is None:
        found = repository.labels[name] = Label(state.next_id(), name)
    return found


def commits_of(repository: Repository, pull: PullRequest) -> list[str]:
    """The commits that the pull request proposes, oldest first."""
    git = repository.git
    return git.history(f"{pull.base_sha}..{pull.head_sha}")[::-1]


def fork_point(repository: Repository, pull: PullRequest) -> str | None:
    return repository.git.merge_base(pull.base_sha, pull.head_sha)


def trial_merge(state: State, repository: Repository, pull: PullRequest) -> str | None:
    """The commit that merging would make, kept as `refs/pull/N/merge`; None if it conflicts."""
    tip = repository.head_of(pull.base_ref)
    if tip is None:
        return None
    tried = repository.trial_merges
    if (tip, pull.head_sha) not in tried:
        tried[tip, pull.head_sha] = _merge_commit(state, repository, pull, tip)
    made = tried[tip, pull.head_sha]
    if made is not None:
        repository.git.run("update-ref", f"refs/pull/{pull.number}/merge", made)
    return made


def _merge_commit(state: State, repository: Repository, pull: PullRequest, tip: str) -> str | None:
    signature = pull.user.signed(state.now())
    message = f"Merge {pull.head_sha} into {tip}"
    try:
        return merge(
            repository.git,
            MergeMethod.MERGE,
            base=tip,
            head=pull.head_sha,
            message=message,
            author=signature,
            committer=signature,
        )
    except (MergeConflict, GitFailed):
        return None
