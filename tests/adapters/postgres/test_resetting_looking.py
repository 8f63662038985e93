"""What a reset sees of the server that a database is on."""

from contextlib import closing

from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.resetting.looking import read_scene
from bot.core.targets.server import ServerFacts

FACTS = ServerFacts("18.1", 18, "shop", read_only=False, in_recovery=False)


def test_who_rents_the_server_out_is_known_by_the_roles_there(database: str) -> None:
    with closing(connect(database, application_name="test")) as connection:
        assert read_scene(connection, FACTS, patience=0).hosts == ()
        # Roles belong to the whole server: nobody else ever sees this one.
        with connection.transaction(force_rollback=True):
            connection.execute("CREATE ROLE rds_superuser")
            assert read_scene(connection, FACTS, patience=0).hosts == ("Amazon RDS",)
