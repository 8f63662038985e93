"""What of a pull request the bot touches beside its comment and its check run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Faces:
    """`labels` is what the labels of risk begin with, None for none. `reviewers` says whether those
    whom a target's approvals name are asked for a review."""

    labels: str | None = "migrations"
    reviewers: bool = True
