"""What the `logs` of a failed migration say, in a line that holds no values from rows."""

import re

_MOST = 200
# A checkpoint that this version cannot read; what it can read is no failure.
_OURS = '{"migration-bot":'
_CODE = re.compile(r"^Database error code: ([0-9A-Z]{5})$", re.MULTILINE)
_ERROR = re.compile(r"^(?:ERROR|FATAL): +(.+)$", re.MULTILINE)
# What other engines of Prisma write before the server's words.
_PREFACE = re.compile(r"external connector error|A migration failed to apply\.")
# Messages that quote what a row, or a literal, held: SQLSTATE class 22, and what has no state.
_QUOTES_DATA = re.compile(r"\b(?:invalid|malformed|out of range|too long|parse|cast|convert)\b")


def reason_of(logs: str | None) -> str:
    """The server's message and its SQLSTATE, "" if the logs say nothing.

    Prisma keeps its whole report there, with the DETAIL line that quotes rows; none of that is
    shown. Literals are struck out, and so are names where they may be values.
    """
    text = logs or ""
    if text.startswith(_OURS):
        return "another version of migration-bot began it, and can go on with it"
    error = _ERROR.search(text)
    said = error[1] if error else _first_line(text)
    if not said:
        return ""
    code = _CODE.search(text)
    said = re.sub(r"'(?:[^']|'')*'", "'…'", said)
    if _QUOTES_DATA.search(said) or (code and code[1].startswith("22")):
        said = re.sub(r'"(?:[^"]|"")*"', '"…"', said)
    said = " ".join(said.split())
    said = said if len(said) <= _MOST else f"{said[: _MOST - 1]}…"
    return f"{said} ({code[1]})" if code else said


def _first_line(text: str) -> str:
    lines = (each.strip() for each in text.splitlines())
    return next((each for each in lines if each and not _PREFACE.match(each)), "")
