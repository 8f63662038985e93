"""A body of code as words, cut at its semicolons, and where among them something stands."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.sql.lexer import Part, Piece, pieces


@dataclass(frozen=True)
class Token:
    """A word, literal or sign; `word` is empty for what is no code, `start` and `end` offsets."""

    word: str
    start: int
    end: int
    part: Part


def chunks(body: str) -> Iterator[list[Token]]:
    """The body cut at its semicolons, without spaces and comments."""
    tokens: list[Token] = []
    depth = 0
    for piece in pieces(body):
        if piece.part in (Part.SPACE, Part.COMMENT):
            continue
        token = _token(body, piece)
        depth += (token.word in ("(", "[")) - (token.word in (")", "]"))
        if token.word == ";" and depth <= 0:
            yield tokens
            tokens, depth = [], 0
        else:
            tokens.append(token)
    yield tokens


def _token(body: str, piece: Piece) -> Token:
    word = body[piece.start : piece.end].lower() if piece.part is Part.CODE else ""
    return Token(word, piece.start, piece.end, piece.part)


def place_of(tokens: list[Token], word: str) -> int:
    """Where a word stands outside brackets and CASE … END; the end if nowhere."""
    depth = 0
    for place, each in enumerate(tokens):
        if each.word == word and depth == 0 and place:
            return place
        depth += (each.word in ("(", "[", "case")) and place > 0
        depth -= each.word in (")", "]", "end")
    return len(tokens)


def past(tokens: list[Token], word: str) -> list[Token]:
    if tokens and tokens[0].word == word:
        return tokens[1:]
    return tokens[place_of(tokens, word) + 1 :]


def after(tokens: list[Token], *ending: str) -> list[Token]:
    """Past a label: << name >>."""
    words = [each.word for each in tokens]
    for place in range(len(words) - len(ending) + 1):
        if tuple(words[place : place + len(ending)]) == ending:
            return tokens[place + len(ending) :]
    return []


def assigned(tokens: list[Token]) -> list[Token] | None:
    """What is given in `name := …` and `name.field = …`; None for anything else."""
    words = [each.word for each in tokens[:8]]
    for place, word in enumerate(words):
        if word == ":" and words[place + 1 : place + 2] == ["="]:
            return tokens[place + 2 :]
        if word == "=" and place:
            named = all(
                each in (".", "", "[", "]") or each.isidentifier() or each.isdigit()
                for each in words[:place]
            )
            return tokens[place + 1 :] if named and words[0] not in _SQL else None
    return None


_SQL = ("select", "with", "update", "insert", "delete", "alter", "create", "set")
_GIVING = ("select", "with", "insert", "update", "delete", "merge")


def into(tokens: list[Token]) -> tuple[int, int]:
    """From where to where INTO and its variables stand: SELECT … INTO a, INSERT … RETURNING … INTO
    a. Only outside code does INTO at the top of a SELECT make a table."""
    if not tokens or tokens[0].word not in _GIVING:
        return 0, 0
    start = place_of(tokens, "into")
    while start < len(tokens) and tokens[start - 1].word in ("insert", "merge"):
        start += place_of(tokens[start:], "into")
    if start >= len(tokens):
        return 0, 0
    end = start + 1
    if end < len(tokens) and tokens[end].word == "strict":
        end += 1
    while end < len(tokens):
        end += 1
        if end >= len(tokens) or tokens[end].word not in (",", "."):
            break
        end += 1
    return start, end
