"""How much is known of a backup."""

from bot.core.backups.level import Level


def test_each_level_promises_what_the_ones_before_it_do() -> None:
    assert [wanted for wanted in Level if Level.RESTORE.reaches(wanted)] == ["decode", "restore"]
    assert all(Level.CONTENT.reaches(each) for each in Level)
    assert not Level.DECODE.reaches(Level.RESTORE)
    assert Level.CONTENT.words == "restoring it and comparing the rows"
