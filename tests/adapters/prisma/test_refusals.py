"""What the real Prisma 6.19.3 and 7.10.1 say, and how it is told."""

import pytest

from bot.adapters.prisma.bounded import Ended
from bot.adapters.prisma.refusals import refusal
from bot.errors import UsageError

MISTAKE = """\
Loaded Prisma config from ../w/prisma.config.ts.

Error: P1012

error: Type "Rol" is neither a built-in type, nor refers to another model.
  -->  prisma/schema.prisma:7
   |
 6 |   name String
 7 |   role  Rol @default(A)
   |

"""
NO_VARIABLE = (
    'Failed to load config file "/x/prisma.config.ts" as a TypeScript/JavaScript module. Error: '
    "PrismaConfigEnvError: Cannot resolve environment variable: MY_URL.\n"
)
NO_ENGINE = (
    "Error: request to https://binaries.prisma.sh/all_commits/c2/debian/x.gz failed, reason: "
    "getaddrinfo ENOTFOUND binaries.prisma.sh\n"
)


def refused(said: str, *, code: int = 1, stopped: str = "") -> UsageError:
    error = refusal(Ended(code, "", said, stopped), "7.10.1", lambda text: text)
    assert error.hint
    return error


def test_mistakes_in_the_schema_are_shown_as_prisma_shows_them() -> None:
    error = refused(MISTAKE)
    first, *rest = error.message.splitlines()
    assert first == "Prisma 7.10.1 finds mistakes in the schema:"
    assert rest[0].startswith('  error: Type "Rol" is neither')
    assert rest[1] == "    -->  prisma/schema.prisma:7"
    assert "   7 |   role  Rol @default(A)" in rest
    assert "Loaded Prisma config" not in error.message
    assert "npx prisma validate" in error.hint


@pytest.mark.parametrize(
    ("said", "code", "message", "hint"),
    [
        ("env: 'node': No such file or directory\n", 127, "no Node.js", "Install Node.js"),
        ("exec: node: not found\n", 127, "no Node.js", "--empty"),
        (NO_VARIABLE, 1, "wants the environment variable MY_URL", "do without MY_URL"),
        (
            "error: Environment variable not found: X_URL.\n",
            1,
            "variable X_URL",
            "do without X_URL",
        ),
        (NO_ENGINE, 1, "schema engine of Prisma 7.10.1 is not installed", "npx prisma --version"),
        ("connect ECONNREFUSED 127.0.0.1:9\n", 1, "is not installed", "npx prisma --version"),
        ("Error: Cannot find module 'dotenv/config'\n", 1, "package dotenv/config", "npm install"),
        ("Error: the moon is full\n", 1, "the moon is full", "--empty"),
        ("", 1, "It said nothing", "--empty"),
    ],
)
def test_each_reason_has_its_own_advice(said: str, code: int, message: str, hint: str) -> None:
    error = refused(said, code=code)
    assert message in error.message
    assert hint in error.hint


def test_what_took_too_long_is_said() -> None:
    assert "was ended: it took too long" in refused("", stopped="it took too long").message


def test_nothing_of_it_moves_the_cursor() -> None:
    assert "\x1b" not in refused("error: \x1b[2J\x1b]0;x\x07 red\r\n").message


def test_a_flood_is_cut() -> None:
    message = refused("error: x\n" * 5000 + "y" * 5000).message
    assert len(message.splitlines()) == 42
    assert "more lines" in message


def test_secrets_are_struck_out_first() -> None:
    ended = Ended(1, "", "error: postgresql://a:secret@h/d refused")
    error = refusal(ended, "7.10.1", lambda text: text.replace("secret", "[redacted]"))
    assert "secret" not in error.message
