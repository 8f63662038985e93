"""A run of a workflow, as a report refers to it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Run:
    """Where a report was made: the workflow run, and the commit it is about.

    `repository_url` is the repository's page, such as `https://github.com/owner/name`. `number`
    and `attempt` order the reports of one pull request. `docs_url` is where the documentation of
    the very bot that ran is; "" if nothing says where it came from.
    """

    commit: str
    repository_url: str
    url: str
    id: int
    number: int
    attempt: int
    at: datetime
    docs_url: str = ""
