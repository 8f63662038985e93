"""The head of a pull request, brought here as objects: it is read, and never checked out."""

import base64
from collections.abc import Mapping

from bot.adapters.checkout.git import Git


def fetched(git: Git, number: int, environ: Mapping[str, str]) -> str | None:
    """Its commit, with the commits between it and what is here; None if origin has none to give.

    The token is for this one request: it is in no file, and in no process's arguments.
    """
    ref = f"refs/pull/{number}/head"
    asking = Git(git.directory, {**environ, **_credentials(environ)})
    brought = f"refs/migration-bot/{number}"
    done = asking.ask("fetch", "--quiet", "--no-tags", "--force", "origin", f"{ref}:{brought}")
    return None if done is None else git.commit(brought)


def _credentials(environ: Mapping[str, str]) -> dict[str, str]:
    """As actions/checkout hands its token to git, though it stores it while we do not."""
    token, server = environ.get("GITHUB_TOKEN"), environ.get("GITHUB_SERVER_URL")
    if not token or not server:
        return {}
    secret = base64.b64encode(f"x-access-token:{token}".encode()).decode("ascii")
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{server.rstrip('/')}/.extraheader",
        "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {secret}",
    }
