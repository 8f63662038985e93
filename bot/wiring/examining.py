"""What a doctor looks at, through the adapters that know it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.adapters import machine
from bot.adapters.checkout import Checkout
from bot.adapters.checkout.health import health_of
from bot.adapters.installation import installed_from
from bot.core.backups.location import location_of
from bot.core.doctor.access import StoreLook
from bot.core.doctor.check import Trouble
from bot.core.doctor.checkout import CheckoutLook
from bot.core.doctor.machine import Machine, Programs
from bot.core.targets.target import Target
from bot.errors import BotError, UsageError
from bot.wiring.backups import Backups


@dataclass(frozen=True)
class Examiner:
    """See world.Examiner."""

    environ: Mapping[str, str]
    checkout_: Checkout
    backups: Backups

    def machine(self) -> Machine:
        # Imported late: it is slow to load, and nobody else here wants it.
        import tempfile

        from bot.adapters.postgres.rehearsal.places.templates import cache_directory

        found = Machine(
            python=machine.python(),
            installation=machine.installation(installed_from()),
            cache=machine.place(cache_directory(self.environ)),
            temporary=machine.place(Path(tempfile.gettempdir())),
            git=machine.program_version("git", self.environ),
            node=machine.program_version("node", self.environ),
        )
        try:
            return replace(found, programs=tuple(_programs(self.environ)))
        except UsageError as error:
            return replace(found, trouble=Trouble.of(error))

    def checkout(self) -> CheckoutLook:
        try:
            return health_of(self.checkout_)
        except UsageError as error:
            return CheckoutLook(str(self.checkout_.root), base=Trouble.of(error))

    def store(self, target: Target) -> StoreLook:
        look = self._kept(target)
        if target.backup.encrypt_to:
            try:
                keys = self.backups.recipients(target)
            except BotError as error:
                return replace(look, sealing=Trouble.of(error))
            look = self._opening(replace(look, recipients=len(keys)), keys)
        return look

    def _opening(self, look: StoreLook, keys: tuple[str, ...]) -> StoreLook:
        """Only where there is a private key: who takes backups needs none."""
        from bot.adapters.age.keys import IDENTITY_FILE_VARIABLE, IDENTITY_VARIABLE
        from bot.adapters.age.opening import Opener

        if not any(self.environ.get(each) for each in (IDENTITY_VARIABLE, IDENTITY_FILE_VARIABLE)):
            return look
        try:
            Opener(self.environ).require_fits(keys)
        except BotError as error:
            return replace(look, opening=Trouble.of(error))
        return replace(look, opens=True)

    def _kept(self, target: Target) -> StoreLook:
        named = target.backup.store or target.backup.directory
        location = location_of(named)
        directory = None if location.remote else self.backups.root / named
        free = machine.place(directory).free if directory else None
        look = StoreLook(named if directory else str(location), free=free)
        if directory is not None and not directory.exists():
            return _not_begun(look, directory)
        try:
            number = self.backups.tried_out(target)
        except BotError as error:
            return replace(look, trouble=Trouble.of(error))
        return replace(look, probed=True, backups=number)


def _not_begun(look: StoreLook, directory: Path) -> StoreLook:
    """A directory is made by the first backup, and by nobody who only looks."""
    if machine.place(directory).writable:
        return replace(look, begun=False)
    trouble = Trouble(
        f"{look.words} is not there, and cannot be made.",
        f"Let this user write to {directory.parent}, or name another place in `backup.directory`.",
    )
    return replace(look, begun=False, trouble=trouble)


def _programs(environ: Mapping[str, str]) -> Iterator[Programs]:
    from bot.adapters.postgres.tools import installations

    for each in installations(environ):
        yield Programs(
            each.major, each.version, str(each.bin), each.dumps, each.runs_servers, each.copies
        )
