"""The lock modes against PostgreSQL's own table of conflicts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.migrations.effects import LockMode

MODES = st.sampled_from(LockMode)

# The table "Conflicting Lock Modes" of the manual as it is printed there, an X where two conflict:
# https://www.postgresql.org/docs/18/explicit-locking.html#TABLE-LOCK-COMPATIBILITY
MANUAL = {
    LockMode.ACCESS_SHARE: ".......X",
    LockMode.ROW_SHARE: "......XX",
    LockMode.ROW_EXCLUSIVE: "....XXXX",
    LockMode.SHARE_UPDATE_EXCLUSIVE: "...XXXXX",
    LockMode.SHARE: "..XX.XXX",
    LockMode.SHARE_ROW_EXCLUSIVE: "..XXXXXX",
    LockMode.EXCLUSIVE: ".XXXXXXX",
    LockMode.ACCESS_EXCLUSIVE: "XXXXXXXX",
}


@pytest.mark.parametrize("mode", LockMode)
def test_the_conflicts_are_those_of_the_manual(mode: LockMode) -> None:
    shown = "".join("X" if other in mode.conflicts else "." for other in LockMode)
    assert shown == MANUAL[mode]


@given(MODES, MODES)
def test_a_conflict_is_mutual(one: LockMode, other: LockMode) -> None:
    assert (one in other.conflicts) == (other in one.conflicts)


@given(MODES)
def test_what_blocks_is_said_by_the_conflicts(mode: LockMode) -> None:
    reads, writes = (
        LockMode.ACCESS_SHARE in mode.conflicts,
        LockMode.ROW_EXCLUSIVE in mode.conflicts,
    )
    assert mode.blocks == ("all reads and writes" if reads else "all writes" if writes else "")
