"""Comments on lines of a pull request."""

from bot.demo.hub.documents import Document, moment, node_id
from bot.demo.hub.documents.pulls import association
from bot.demo.hub.documents.users import user_document
from bot.demo.hub.links import Links
from bot.demo.hub.records import LineComment, PullRequest, Repository


def line_comment_document(
    links: Links, repository: Repository, pull: PullRequest, comment: LineComment
) -> Document:
    review = comment.review
    url = links.repository(repository, "pulls/comments", comment.id)
    page = f"{links.page(repository, 'pull', pull.number)}#discussion_r{comment.id}"
    parent = links.repository(repository, "pulls", pull.number)
    addresses = {"self": url, "html": page, "pull_request": parent}
    return {
        "id": comment.id,
        "node_id": node_id("PRRC_", comment.id),
        "url": url,
        "html_url": page,
        "pull_request_url": parent,
        "pull_request_review_id": review.id,
        "user": user_document(links, review.user),
        "body": comment.body,
        "path": comment.path,
        "commit_id": review.commit_id,
        "original_commit_id": review.commit_id,
        "diff_hunk": comment.hunk,
        **_lines(comment),
        "created_at": moment(review.submitted_at),
        "updated_at": moment(comment.updated_at),
        "author_association": association(repository, review.user),
        "_links": {name: {"href": address} for name, address in addresses.items()},
    } | ({} if comment.answers is None else {"in_reply_to_id": comment.answers})


def _lines(comment: LineComment) -> Document:
    """The place now and when the comment was made, which are the same here."""
    return {
        "position": comment.position,
        "original_position": comment.position,
        "line": comment.line,
        "original_line": comment.line,
        "side": "RIGHT",
        "start_line": comment.start_line,
        "original_start_line": comment.start_line,
        "start_side": None if comment.start_line is None else "RIGHT",
        "subject_type": "line",
    }
