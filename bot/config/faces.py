"""The part of the configuration about what the bot touches on a pull request."""

from pydantic import Field

from bot.config.parts import StrictModel
from bot.core.github.faces import Faces


class LabelsFile(StrictModel):
    """What the labels are called."""

    prefix: str = Field(
        default="migrations",
        min_length=1,
        max_length=30,
        pattern=r"^[^,:\s](?:[^,:\r\n]*[^,:\s])?$",
        description="What stands before `: low risk`, `: medium risk` and `: high risk`.",
    )


LabelsChoice = bool | LabelsFile


def faces_of(labels: LabelsChoice, request_reviewers: bool) -> Faces:
    """`labels: true` is the usual prefix."""
    prefix = labels.prefix if isinstance(labels, LabelsFile) else LabelsFile().prefix
    return Faces(prefix if labels is not False else None, request_reviewers)
