"""Where backups are put back: loaded when one is."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bot.core.targets.target import Target
from bot.wiring.databases import url_of, who_of
from bot.world.restoring import Site


@dataclass(frozen=True)
class Restoring:
    """See world.Restoring."""

    environ: Mapping[str, str]

    def at(self, target: Target) -> AbstractContextManager[Site]:
        from bot.adapters.postgres.restoring.site import open_site

        return open_site(target, url_of(target, self.environ), who=who_of(self.environ))
