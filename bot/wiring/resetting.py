"""Development databases that are reset: loaded when one is."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bot.core.targets.target import Target
from bot.wiring.databases import url_of, who_of
from bot.world.resetting import ResetSite


@dataclass(frozen=True)
class Resetting:
    """See world.Resetting."""

    environ: Mapping[str, str]

    def at(self, target: Target) -> AbstractContextManager[ResetSite]:
        from bot.adapters.postgres.resetting.site import open_reset_site

        return open_reset_site(target, url_of(target, self.environ), who=who_of(self.environ))
