"""set-not-null-may-fail: a CHECK proves something only of rows that can have values."""

from tests.judging import judged, names

BEFORE = ['CREATE TABLE "User" ("id" INT NOT NULL PRIMARY KEY, "email" TEXT);']
RULE = "set-not-null-may-fail"


def proved(column: str) -> list[str]:
    return [
        f'ALTER TABLE "User" ADD CONSTRAINT c CHECK ("{column}" IS NOT NULL) NOT VALID;',
        'ALTER TABLE "User" VALIDATE CONSTRAINT c;',
        f'ALTER TABLE "User" ALTER COLUMN "{column}" SET NOT NULL;',
    ]


def test_a_check_proves_that_a_column_in_use_is_filled() -> None:
    assert RULE not in names(judged(*proved("email"), before=BEFORE))


def test_a_check_of_a_new_column_that_nobody_fills_would_stop_itself() -> None:
    add = 'ALTER TABLE "User" ADD COLUMN "country" TEXT;'
    fill = 'UPDATE "User" SET "country" = \'\' WHERE "country" IS NULL;'
    assert RULE in names(judged(add, *proved("country"), before=BEFORE))
    assert RULE not in names(judged(add, fill, *proved("country"), before=BEFORE))
