"""What a run of a workflow left behind, by the run's id. Its content may come from a stranger."""

from collections.abc import Iterable, Iterator

import requests
from github.Artifact import Artifact
from github.Repository import Repository

from bot.adapters.github.client import explained
from bot.errors import UsageError

_CHUNK = 64 * 1024
_TIMEOUT = 60
_NEEDS = "actions: read"


class Artifacts:
    """The artifacts of one repository's runs."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def artifact(self, run: int, name: str, *, limit: int) -> bytes | None:
        """What GitHub says of the size is not waited for to be true: reading stops at the limit."""
        with explained(f"read what run {run} left", needs=_NEEDS):
            found = _newest(self._repository.get_workflow_run(run).get_artifacts(), name)
            if found is None:
                return None
            if found.size_in_bytes > limit:
                raise _too_large(name, limit)
            return _fetched(self._address(found), name, limit)

    def _address(self, artifact: Artifact) -> str:
        """Where it lies: in a store of GitHub's, good for a minute, and a secret itself."""
        requester = self._repository.requester
        headers, _ = requester.requestJsonAndCheck("GET", artifact.archive_download_url)
        return str(headers["location"])


def _newest(found: Iterable[Artifact], name: str) -> Artifact | None:
    """Every attempt of a run may leave one."""
    fresh = [each for each in found if each.name == name and not each.expired]
    return max(fresh, key=lambda each: each.id, default=None)


def _fetched(address: str, name: str, limit: int) -> bytes:
    """PyGithub follows no address out of GitHub's own names. The token is not sent along."""
    with requests.get(address, stream=True, timeout=_TIMEOUT) as answered:
        answered.raise_for_status()
        return _joined(answered.iter_content(_CHUNK), name, limit)


def _joined(chunks: Iterator[bytes], name: str, limit: int) -> bytes:
    octets = bytearray()
    for chunk in chunks:
        octets += chunk
        if len(octets) > limit:
            raise _too_large(name, limit)
    return bytes(octets)


def _too_large(name: str, limit: int) -> UsageError:
    return UsageError(
        f"The artifact {name} is larger than {limit:,} bytes, and is not read.",
        hint="Read the summary of that run instead.",
    )
