"""Commits, files that differ, contents and trees."""

import base64
from collections.abc import Iterable

from bot.demo.hub.accounts import User
from bot.demo.hub.documents import Document, moment, node_id
from bot.demo.hub.documents.users import user_document
from bot.demo.hub.git import Signature
from bot.demo.hub.links import Links
from bot.demo.hub.objects import Change, Commit, Entry
from bot.demo.hub.records import Repository


def commit_document(
    links: Links, repository: Repository, commit: Commit, users: Iterable[User]
) -> Document:
    """A commit as a list shows it. GitHub knows an author by the mail address, or not at all."""
    known = {user.email: user_document(links, user) for user in users}
    url = links.repository(repository, "commits", commit.sha)
    page = links.page(repository, "commit", commit.sha)
    return {
        "sha": commit.sha,
        "node_id": node_id("C_", commit.sha),
        "commit": _git_commit(links, repository, commit),
        "url": url,
        "html_url": page,
        "comments_url": f"{url}/comments",
        "author": known.get(commit.author.email),
        "committer": known.get(commit.committer.email),
        "parents": [_parent(links, repository, sha) for sha in commit.parents],
    }


def _git_commit(links: Links, repository: Repository, commit: Commit) -> Document:
    tree = links.repository(repository, "git/trees", commit.tree)
    unsigned = {"verified": False, "reason": "unsigned", "verified_at": None}
    return {
        "author": _person(commit.author),
        "committer": _person(commit.committer),
        "message": commit.message,
        "tree": {"sha": commit.tree, "url": tree},
        "url": links.repository(repository, "git/commits", commit.sha),
        "comment_count": 0,
        "verification": unsigned | {"signature": None, "payload": None},
    }


def git_commit_document(links: Links, repository: Repository, commit: Commit) -> Document:
    """A commit as git has it: who GitHub takes its author for is not told."""
    shown = _git_commit(links, repository, commit)
    del shown["comment_count"]
    return shown | {
        "sha": commit.sha,
        "node_id": node_id("C_", commit.sha),
        "html_url": links.page(repository, "commit", commit.sha),
        "parents": [_parent(links, repository, sha) for sha in commit.parents],
    }


def simple_commit_document(commit: Commit) -> Document:
    """A commit as events tell of it."""
    people = {"author": commit.author, "committer": commit.committer}
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "message": commit.message,
        "timestamp": moment(commit.committer.at),
        **{role: {"name": who.name, "email": who.email} for role, who in people.items()},
    }


def _person(signature: Signature) -> Document:
    at = moment(signature.at)
    return {"name": signature.name, "email": signature.email, "date": at}


def _parent(links: Links, repository: Repository, sha: str) -> Document:
    url = links.repository(repository, "commits", sha)
    return {"sha": sha, "url": url, "html_url": links.page(repository, "commit", sha)}


def files_document(
    links: Links, repository: Repository, sha: str, changes: Iterable[Change]
) -> list[Document]:
    return [change_document(links, repository, sha, change) for change in changes]


def change_document(links: Links, repository: Repository, sha: str, change: Change) -> Document:
    document: Document = {
        "sha": change.sha,
        "filename": change.filename,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": links.page(repository, "blob", sha, change.filename),
        "raw_url": links.page(repository, "raw", sha, change.filename),
        "contents_url": f"{links.repository(repository, 'contents', change.filename)}?ref={sha}",
    }
    optional = {"patch": change.patch, "previous_filename": change.previous}
    return document | {name: value for name, value in optional.items() if value is not None}


def entry_document(links: Links, repository: Repository, revision: str, entry: Entry) -> Document:
    """A file or folder, without its content. GitHub calls a tree `dir` and a commit `submodule`."""
    kind = {"tree": "dir", "blob": "file", "commit": "submodule"}[entry.type]
    url = f"{links.repository(repository, 'contents', entry.path)}?ref={revision}"
    stored = links.repository(repository, f"git/{entry.type}s", entry.sha)
    page = links.page(repository, entry.type, revision, entry.path)
    raw = links.page(repository, "raw", revision, entry.path) if kind == "file" else None
    return {
        "name": entry.path.rpartition("/")[2],
        "path": entry.path,
        "sha": entry.sha,
        "size": entry.size or 0,
        "url": url,
        "html_url": page,
        "git_url": stored,
        "download_url": raw,
        "type": kind,
        "_links": {"self": url, "git": stored, "html": page},
    }


def encoded(content: bytes) -> Document:
    """Content as GitHub sends it: base64 in lines of sixty."""
    text = base64.b64encode(content).decode()
    lines = [text[start : start + 60] + "\n" for start in range(0, len(text), 60)]
    return {"content": "".join(lines), "encoding": "base64"}


def tree_document(
    links: Links, repository: Repository, sha: str, entries: Iterable[Entry]
) -> Document:
    return {
        "sha": sha,
        "url": links.repository(repository, "git/trees", sha),
        "tree": [_tree_entry(links, repository, entry) for entry in entries],
        "truncated": False,
    }


def _tree_entry(links: Links, repository: Repository, entry: Entry) -> Document:
    document: Document = {
        "path": entry.path,
        "mode": entry.mode,
        "type": entry.type,
        "sha": entry.sha,
        "url": links.repository(repository, f"git/{entry.type}s", entry.sha),
    }
    return document if entry.size is None else document | {"size": entry.size}
