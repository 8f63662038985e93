"""What the superuser of a place does for the author, who may not."""

from bot.adapters.postgres.connection import explained
from bot.adapters.postgres.rehearsal.places.extensions import create_extension
from bot.adapters.postgres.rehearsal.places.place import Place
from bot.core.rehearsals.rehearsal_order import Step


class Superuser:
    def __init__(self, place: Place) -> None:
        self._place = place

    def terminate(self, pid: int) -> None:
        """End the session of that process. Raises PostgresError."""
        with self._place.admin() as connection, explained("end a statement"):
            connection.execute("SELECT pg_catalog.pg_terminate_backend(%s)", (pid,))

    def create_extension(self, step: Step) -> None:
        """Raises PostgresError for one that is not let in, psycopg.Error for one that fails."""
        with self._place.admin() as connection:
            create_extension(connection, step.extension, schema=step.schema)
