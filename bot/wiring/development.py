"""What is done to development databases: loaded when it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.targets.creation import Created
from bot.core.targets.target import Target
from bot.wiring.databases import url_of, who_of


@dataclass(frozen=True)
class Development:
    """See world.Development."""

    environ: Mapping[str, str]

    def create(self, target: Target) -> Created | None:
        from bot.adapters.postgres.creating import create_missing

        return create_missing(target, url_of(target, self.environ), who=who_of(self.environ))
