from bot.core.rollouts.text_difference import Piece
from bot.sql.pieces import pieces_in


def test_every_statement_is_a_piece_with_its_line() -> None:
    assert pieces_in("-- Why.\nSELECT 1;\n\nSELECT\n  2;") == (
        Piece(2, "SELECT 1"),
        Piece(4, "SELECT\n  2"),
    )


def test_what_cannot_be_cut_has_no_pieces() -> None:
    assert pieces_in("SELECT 'open") is None
    assert pieces_in("") == ()
