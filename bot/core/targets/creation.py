"""A target's database that is not there yet: who may have one made, and what is said instead."""

from dataclasses import dataclass

from bot.core.targets.target import Kind, Target
from bot.core.targets.url import ConnectionUrl
from bot.errors import PostgresError

# PostgreSQL's own code for it: invalid_catalog_name.
NO_DATABASE = "3D000"


@dataclass(frozen=True)
class Created:
    """A database that was made a moment ago, as the server's template has it."""

    database: str
    owner: str
    encoding: str
    address: str

    @property
    def words(self) -> str:
        return (
            f"{self.address} was not there: created the database {self.database} "
            f"(owner {self.owner}, encoding {self.encoding})"
        )


def creatable(target: Target) -> bool:
    """Whether its database may be made. A tenant of a fleet is made by whoever lists it."""
    return target.kind is Kind.DEVELOPMENT and target.fleet is None


def not_there(target: Target, url: ConnectionUrl) -> PostgresError:
    """A missing database, with the next step for this kind of target."""
    if creatable(target):
        hint = (
            f"Check the name in {target.url_env}; `migration-bot apply {target.name}` makes the "
            "database."
        )
    else:
        hint = (
            f"Check the name in {target.url_env}. The database of a {target.kind.value} target is "
            "never made by me: if it is new, make it with the owner and the encoding it is to have "
            f"(`createdb --owner=ROLE {url.database}`), then run this again."
        )
    return PostgresError(
        f"I could not connect to {target.name}, {url.redacted}: there is no such database. "
        "Nothing was changed.",
        hint=hint,
        sqlstate=NO_DATABASE,
    )
