from dataclasses import replace

import pytest

from bot.adapters.prisma.address import prisma_url
from bot.core.targets.url import parse_url


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://author@localhost:5432/rehearsal?host=/dev/shm/x/socket",
        "postgresql://a:p%40ss%2F%3A@db.example:5433/shop?sslmode=require",
        "postgresql://a@[::1]:5432/my%20shop?schema=billing&sslmode=disable",
        "postgresql://db.example:5432/shop?sslmode=prefer",
    ],
)
def test_a_url_is_written_as_prisma_reads_it(url: str) -> None:
    written = prisma_url(parse_url(url))
    assert written == url
    assert parse_url(written) == parse_url(url)


def test_it_is_made_of_the_parts_and_not_of_the_text() -> None:
    """The text may be that of the login which made the database."""
    admin = parse_url("postgresql://admin:secret@db:5432/postgres?sslmode=disable")
    author = replace(admin.with_database("shadow"), user="author", password="own")
    assert prisma_url(author) == "postgresql://author:own@db:5432/shadow?sslmode=disable"


def test_a_server_that_is_to_be_verified_is_verified() -> None:
    written = prisma_url(parse_url("postgresql://a@db:5432/s?sslmode=verify-full&sslcert=/ca.pem"))
    assert written.endswith("?sslmode=require&sslaccept=strict&sslcert=/ca.pem")
