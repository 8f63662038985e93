"""Earlier texts of a migration, looked for in the commits that touched it."""

from bot.adapters.checkout.git import Git
from bot.adapters.checkout.objects import read_blobs
from bot.core.migrations.migration import same_checksum

# A file that was edited oftener than this is not read through.
_MOST_COMMITS = 100


def commit_with(git: Git, path: str, checksum: str) -> tuple[str, str] | None:
    """The newest commit, of any branch that is known here, in which the file has that checksum, and
    the text it has there."""
    listed = git.ask(
        *("log", f"--max-count={_MOST_COMMITS}", "--no-renames", "--format=%H"),
        *("HEAD", "--branches", "--remotes", "--", path),
    )
    commits = (listed or "").split()
    if not commits or "\n" in path:
        return None
    texts = read_blobs(git, (f"{commit}:{path}" for commit in commits))
    for commit in commits:
        text = texts[f"{commit}:{path}"]
        if isinstance(text, bytes) and same_checksum(
            checksum, decoded := text.decode("utf-8", "replace")
        ):
            return commit, decoded
    return None
