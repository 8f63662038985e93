import json

from hypothesis import given
from hypothesis import strategies as st

from bot.core.rollouts.checkpoint import VERSION, Batch, Checkpoint, Intent, read_checkpoint

texts = st.text(max_size=12)
# Between nothing and what a bigint of PostgreSQL holds.
counts = st.integers(0, 2**63 - 1)
several = st.lists(texts, max_size=3).map(tuple)
checkpoints = st.builds(
    Checkpoint,
    checksum=texts,
    done=several,
    intent=st.none() | st.builds(Intent, counts, texts, counts, texts, several),
    batch=st.none() | st.builds(Batch, counts, st.none() | several, counts),
    error=texts,
)


@given(checkpoints)
def test_a_checkpoint_is_read_back_as_it_was_written(checkpoint: Checkpoint) -> None:
    assert read_checkpoint(checkpoint.text()) == checkpoint


@given(checkpoints, st.data())
def test_a_checkpoint_that_was_cut_short_is_nobodys(
    checkpoint: Checkpoint, data: st.DataObject
) -> None:
    text = checkpoint.text()
    kept = data.draw(st.integers(0, len(text) - 1))

    assert read_checkpoint(text[:kept]) is None


values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)


@given(st.sampled_from(["checksum", "done", "intent", "batch"]), values)
def test_a_part_of_another_shape_makes_it_nobodys(part: str, value: object) -> None:
    parts = json.loads(Checkpoint("c").text()) | {part: value}
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    found = read_checkpoint(text)

    assert found is None or found.text() == text


@given(texts | st.none())
def test_what_somebody_else_wrote_is_no_checkpoint(logs: str | None) -> None:
    assert read_checkpoint(logs) is None


def test_what_a_newer_bot_wrote_is_left_alone() -> None:
    newer = Checkpoint("c").text().replace(f":{VERSION},", f":{VERSION + 1},", 1)

    assert read_checkpoint(newer) is None
    assert read_checkpoint("[" * 100_000) is None
    assert read_checkpoint(Checkpoint("c", batch=Batch(1)).text().replace("1,", "1e999,")) is None


def test_after_a_segment_nothing_is_begun_and_nothing_has_failed() -> None:
    begun = Checkpoint("c", ("d1",), Intent(1), Batch(1), "it failed")

    assert begun.after("d2") == Checkpoint("c", ("d1", "d2"))
    assert begun.after("d2").steps == 2


def test_a_batch_is_read_as_it_was_written() -> None:
    batch = Batch(2, ("a'b", "7"), 40, "d" * 64, ("part", "id"))
    written = Checkpoint("c", ("d1", "d2"), batch=batch).text()
    read = read_checkpoint(written)
    assert read is not None
    assert read.batch == batch
