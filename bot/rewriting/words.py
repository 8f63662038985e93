"""The text of a statement, changed word by word so that everything else stays as it was written."""

from bot.sql.words import find, words_of

MOST_NAME_BYTES = 63


def fits(name: str) -> bool:
    """Whether the server keeps a name whole."""
    return len(name.encode("utf-8", "surrogatepass")) <= MOST_NAME_BYTES


def inserted_after(sql: str, text: str, *keys: str) -> str | None:
    """The statement with a text behind the first place where the words stand."""
    words = words_of(sql)
    at = find(words, *keys)
    if at is None:
        return None
    end = words[at + len(keys) - 1].end
    return f"{sql[:end]} {text}{sql[end:]}"


def without(sql: str, *keys: str) -> str | None:
    """The statement without the first place where the words stand."""
    words = words_of(sql)
    at = find(words, *keys)
    if at is None:
        return None
    start, end = words[at].start, words[at + len(keys) - 1].end
    return sql[:start] + sql[end:].lstrip(" ")
