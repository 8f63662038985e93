"""Comments, reactions and labels."""

from bot.demo.hub.documents import Document, moment, node_id
from bot.demo.hub.documents.users import account_document
from bot.demo.hub.links import Links
from bot.demo.hub.records import Comment, Issue, Label, Reaction, Repository, Topic

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")


def comment_document(
    links: Links,
    repository: Repository,
    topic: Topic,
    comment: Comment,
    *,
    association: str,
) -> Document:
    url = links.repository(repository, "issues/comments", comment.id)
    kind = "issues" if isinstance(topic, Issue) else "pull"
    page = links.page(repository, kind, topic.number)
    left = [each for each in repository.reactions if each.comment_id == comment.id]
    counts = {word: sum(each.content == word for each in left) for word in REACTIONS}
    return {
        "id": comment.id,
        "node_id": node_id("IC_", comment.id),
        "url": url,
        "html_url": f"{page}#issuecomment-{comment.id}",
        "issue_url": links.repository(repository, "issues", topic.number),
        "user": account_document(links, comment.user),
        "body": comment.body,
        "created_at": moment(comment.created_at),
        "updated_at": moment(comment.updated_at),
        "author_association": association,
        "performed_via_github_app": None,
        "reactions": {"url": f"{url}/reactions", "total_count": len(left), **counts},
    }


def reaction_document(links: Links, reaction: Reaction) -> Document:
    return {
        "id": reaction.id,
        "node_id": node_id("REA_", reaction.id),
        "user": account_document(links, reaction.user),
        "content": reaction.content,
        "created_at": moment(reaction.created_at),
    }


def label_document(links: Links, repository: Repository, label: Label) -> Document:
    return {
        "id": label.id,
        "node_id": node_id("LA_", label.id),
        "url": links.repository(repository, "labels", label.name),
        "name": label.name,
        "color": label.color,
        "description": label.description,
        "default": False,
    }
