"""The part of the configuration about who is told of rollouts besides GitHub."""

from collections.abc import Collection, Iterator, Sequence
from typing import Literal

from pydantic import Field

from bot.config.parts import EnvironmentName, StrictModel
from bot.core.github.notification import Channel, Moment, Sink


class NotifyFile(StrictModel):
    """A chat room or a webhook. That it cannot be told never changes what happens to a database."""

    kind: Literal["slack", "teams", "webhook"]
    url_env: EnvironmentName = Field(
        description="The environment variable that holds the address, which is a secret: Slack's "
        "incoming webhook, a Teams workflow's, or any that takes JSON. It must be https.",
    )
    secret_env: EnvironmentName | None = Field(
        default=None,
        description="For `webhook`: the environment variable that holds the secret its messages "
        "are signed with.",
    )
    events: list[
        Literal[
            "started",
            "applied",
            "rolled_back",
            "failed",
            "waiting",
            "overridden",
            "drift",
            "drift_gone",
        ]
    ] = Field(
        default=[
            "applied",
            "rolled_back",
            "failed",
            "waiting",
            "overridden",
            "drift",
            "drift_gone",
        ],
        min_length=1,
        description="What it is told of.",
    )
    targets: list[str] = Field(default=[], description="Which targets it hears of; all if empty.")


def sinks_of(files: Sequence[NotifyFile]) -> tuple[Sink, ...]:
    return tuple(
        Sink(
            Channel(file.kind),
            file.url_env,
            file.secret_env,
            frozenset(Moment(each) for each in file.events),
            frozenset(file.targets),
        )
        for file in files
    )


def notify_mistakes(files: Sequence[NotifyFile], targets: Collection[str]) -> Iterator[str]:
    """What no type can say, each with its place in the file."""
    for place, file in enumerate(files):
        for name in file.targets:
            if name not in targets:
                yield f"notify.{place}.targets: there is no target {name}"
        if file.secret_env is not None and file.kind != "webhook":
            yield f"notify.{place}.secret_env: {file.kind} takes no signature"
