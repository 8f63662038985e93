"""The page of connection strings, from the table of their parameters."""

from collections.abc import Mapping

_INTRODUCTION = """\
<!-- Made by `make docs` from bot/core/targets/url_parameters.py; change it there. -->
# Connection strings

A target's connection string is in the environment variable that its `url_env` names, and is the one
that Prisma has: `postgresql://user:password@host:5432/database?schema=public`. Its parameters mean
what Prisma takes them to mean, which is not always what libpq does. User, password and database are
percent-encoded; without a database it is `postgres`.

Where an application goes through a pooler, let `direct_url_env` of the target name a variable with
the URL of the server itself, Prisma's `directUrl`: it is used for everything the bot does. Without
it a transaction pooler is found out, migrations that are one transaction are applied through it,
and all else is refused before anything is written.

| Parameter | |
|:--|:--|
"""


def connection_page(parameters: Mapping[str, str]) -> str:
    rows = "\n".join(f"| `{name}` | {about} |" for name, about in parameters.items())
    return f"{_INTRODUCTION}{rows}\n\nAnything else is ignored, as Prisma ignores it.\n"
