"""Small stand-ins that satisfy the protocols of bot.world. Nothing here pretends to be PostgreSQL:
a fake database keeps rows and a diary, and never understands SQL."""

from tests.fakes.backups import FakeBackups as FakeBackups
from tests.fakes.checkout import FakeCheckout as FakeCheckout
from tests.fakes.database import FakeDatabase as FakeDatabase
from tests.fakes.downs import FakeDowns as FakeDowns
from tests.fakes.github import FakeGitHub as FakeGitHub
from tests.fakes.schemas import FakeSchemas as FakeSchemas
from tests.fakes.surroundings import FakeClock as FakeClock
from tests.fakes.surroundings import FakeConsole as FakeConsole
from tests.fakes.surroundings import FakeFiles as FakeFiles
from tests.fakes.surroundings import FakeLog as FakeLog
from tests.fakes.surroundings import FakeRunner as FakeRunner
from tests.fakes.values import MANIFEST as MANIFEST
from tests.fakes.values import NOON as NOON
from tests.fakes.values import applied as applied
from tests.fakes.values import history as history
from tests.fakes.values import marked as marked
from tests.fakes.values import migration as migration
from tests.fakes.worlds import FakeFleets as FakeFleets
from tests.fakes.worlds import database_of as database_of
from tests.fakes.worlds import shown as shown
from tests.fakes.worlds import world as world
