"""What a person can do about each way in which PostgreSQL refuses, by SQLSTATE.

A connection that fails has no SQLSTATE in libpq, only English text; it is given the state that the
server meant, so that there is one table.
"""

import re
from dataclasses import dataclass

UNREACHABLE = "08001"
NETWORK_LOST = "08006"
TLS = "08004"


@dataclass(frozen=True)
class Refusal:
    """A failed connection in our words, which quote nothing of the driver's text."""

    sqlstate: str
    words: str
    hint: str = ""


# First match wins.
_REFUSALS = (
    ("no password supplied", Refusal("28P01", "the server wants a password")),
    (
        "authentication failed",
        Refusal("28P01", "user or password is wrong"),
    ),
    (
        "no encryption|SSL off|SSL/TLS required|requires? SSL|connection is insecure",
        Refusal(
            TLS,
            "the server takes this user over TLS only",
            "Add `sslmode=require` to the URL.",
        ),
    ),
    (
        "no pg_hba.conf entry",
        Refusal(
            "28000",
            "the server lets nobody in from this address, for this user and database",
            "Add a line for them to the server's pg_hba.conf, or connect from an allowed network.",
        ),
    ),
    (r"role .* does not exist|not permitted to log in", Refusal("28000", "there is no such user")),
    (r"database .* does not exist", Refusal("3D000", "there is no such database")),
    ("too many (clients|connections)|connection slots", Refusal("53300", "it is full")),
    ("starting up|shutting down|recovery mode", Refusal("57P03", "it is not ready")),
    (
        "does not support SSL",
        Refusal(
            TLS,
            "the server offers no TLS, and the URL requires it",
            "Turn TLS on at the server. Leave `sslmode=require` out only on a network you trust.",
        ),
    ),
    (
        "certificate|SSL error",
        Refusal(
            TLS,
            "the TLS certificate could not be verified",
            "Give the authority's certificate as `sslcert=PATH`, and the host name it is for.",
        ),
    ),
    (
        "unsupported startup parameter|channel binding",
        Refusal(
            "08P01",
            "the server or a pooler before it does not take the URL's parameters",
            "Use the direct URL of the server, not a pooler's.",
        ),
    ),
    (
        "unrecognized configuration parameter|invalid value for parameter|command-line argument",
        Refusal(
            "22023",
            "the server does not know a setting in the URL's `options`",
            "Correct `options` in the URL; it has the form `-c name=value`.",
        ),
    ),
    (
        "resolve host|could not translate host|label (too long|empty)|Name or service",
        Refusal(
            UNREACHABLE,
            "its host name is not known",
            "Check the host in the URL for a typing mistake, and the network's name server.",
        ),
    ),
    (
        "Connection refused|No such file or directory|is the server running",
        Refusal(
            UNREACHABLE,
            "nothing listens there",
            "Check host and port in the URL, and that the server is running.",
        ),
    ),
    (
        "timeout|timed out",
        Refusal(
            UNREACHABLE,
            "it did not answer in time",
            "A firewall may be in the way. Raise `connect_timeout` in the URL if it is only slow.",
        ),
    ),
    ("permission denied|pg_hba", Refusal("42501", "this user may not connect to it")),
)
_OTHER = Refusal(
    UNREACHABLE,
    "the connection could not be made",
    "Try the same URL with psql from this machine: it shows the server's own words.",
)

_HINTS = {
    "28P01": "Check user and password in the URL; special characters have to be percent-encoded. "
    "A password may also have expired (VALID UNTIL).",
    "28000": "Check the user in the URL, and that the role may log in.",
    "3D000": "Check the database name in the URL, or create it with `createdb`.",
    "53300": "Wait until connections are free, or raise max_connections; look in pg_stat_activity.",
    "53100": "Free disk space at the server. The statement left nothing behind.",
    "53200": "The server is out of memory; lower work_mem or maintenance_work_mem, then try again.",
    "57P01": "An administrator ended the connection. Run the same command again.",
    "57P02": "The server crashed and is recovering. Look at its log, then run the command again.",
    "57P03": "The server is starting or stopping. Try again in a moment.",
    "57014": "It was cancelled or ran into statement_timeout. See who cancelled it, or raise that.",
    "55P03": "Another session holds the lock. Find it in pg_stat_activity, and try again.",
    "40P01": "Two sessions waited for each other, and PostgreSQL ended this one. Try again.",
    "40001": "Another transaction got there first. Try again.",
    "25006": "This is a standby, or the session is read-only. Use the URL of the primary.",
    "25001": "This statement runs outside transactions only. Put it in a migration of its own.",
    "2D000": "The procedure commits by itself. Call it by hand, outside of the migrations.",
    "25P02": "An earlier statement of the transaction failed. Its error is the one to mend.",
    "25P04": "Raise transaction_timeout, of the role or in the file, or do less in one migration.",
    "25P03": "The transaction was idle too long. Run the same command again.",
    "55P04": "A new enum value works only after its transaction. Use it in the next migration.",
    "55006": "Somebody is connected to it. End those sessions, then try again.",
    "42501": "Grant this role what it lacks, or use a URL whose role owns the object.",
    "42P01": "Check the spelling, the schema, and that the migration that creates it comes first.",
    "42703": "Check the spelling of the column, and that the migration that adds it comes first.",
    "42704": "Check the spelling, and that the type or extension is created first.",
    "42883": "Check the argument types, and that the extension with the function is created first.",
    "42P07": "It is there already: made by hand, or by a migration that failed half-way.",
    "42701": "It is there already: made by hand, or by a migration that failed half-way.",
    "42710": "It is there already: made by hand, or by a migration that failed half-way.",
    "42601": "Mend the SQL where the error points.",
    "3F000": "Create the schema, or correct `schema` in the URL.",
    "2BP01": "Other objects depend on it. Drop or change those first.",
    "23505": "Find the duplicate rows and settle them before the constraint is added.",
    "23503": "Find the rows that point nowhere and settle them before the constraint is added.",
    "23502": "Fill the column for the rows that are there before it is made NOT NULL.",
    "23514": "Find the rows that break the condition and settle them first.",
    "0A000": "This server cannot do that. Check the PostgreSQL version the migration was made for.",
    "58P01": "The server lacks a file. Install the extension's package at the server.",
    "22023": "Correct the value of the parameter that the message names.",
    NETWORK_LOST: "The connection broke. Run the same command again: it finds out what was done.",
    UNREACHABLE: "Check host and port in the URL, and that the server is running.",
}
_CLASS_HINTS = {
    "08": "Check the network between here and the server, then run the same command again.",
    "22": "A value does not fit. Look at the data that the statement converts.",
    "23": "Rows that are there break the constraint. Settle them first.",
    "28": "Check user and password in the URL, and that the role may log in.",
    "42": "Check the names in the statement, and that what it uses is created first.",
    "53": "The server lacks a resource. Look at its log.",
    "57": "Somebody or something stopped it. Look at the server's log, then try again.",
    "58": "The server met a fault of its system. Look at its log.",
    "XX": "This is a fault of the server itself. Look at its log.",
}
_DEFAULT_HINT = "Look at the server's log for the whole story, then run the same command again."

# States whose message quotes the offending value.
_QUOTES_DATA = ("22", "P0002", "21000")


def refusal_of(text: str) -> Refusal:
    """Why a connection failed, from the driver's text."""
    for pattern, refusal in _REFUSALS:
        if re.search(pattern, text, re.IGNORECASE):
            return refusal
    return _OTHER


def hint_for(sqlstate: str | None) -> str:
    if sqlstate is None:
        return _DEFAULT_HINT
    return _HINTS.get(sqlstate) or _CLASS_HINTS.get(sqlstate[:2], _DEFAULT_HINT)


def without_values(primary: str, sqlstate: str | None) -> str:
    """The server's primary message, less the values from rows that some states quote."""
    if sqlstate is not None and sqlstate.startswith(_QUOTES_DATA):
        return re.sub(r'"(?:[^"]|"")*"', '"…"', primary)
    return primary
