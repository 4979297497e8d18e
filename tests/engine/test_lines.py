"""Lines cut from bytes that arrive in pieces."""

import hypothesis.strategies as st
from hypothesis import given

from resnet_viz.engine.lines import LineSplitter


@given(st.lists(st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\xff\n\n"])).map(b"".join)))
def test_the_lines_do_not_depend_on_how_the_bytes_arrive(pieces: list[bytes]) -> None:
    splitter = LineSplitter(1_000)
    found = [line for piece in pieces for line in splitter.feed(piece)]
    rest = splitter.rest()
    whole = b"".join(pieces)
    assert b"".join(line or b"" for line in [*found, rest]) == whole
    assert len(found) == whole.count(b"\n")
    assert all(line is not None and line.endswith(b"\n") and line.count(b"\n") == 1 for line in found)


def test_a_line_that_is_too_long_is_none_and_the_next_one_is_read() -> None:
    splitter = LineSplitter(4)
    assert splitter.feed(b"123\n1234\n12") == [b"123\n", None]
    assert splitter.feed(b"34") == []
    assert splitter.feed(b"5" * 100) == []
    assert splitter.feed(b"\nab\n") == [None, b"ab\n"]
    assert splitter.rest() == b""
    splitter.feed(b"12345")
    assert splitter.rest() is None
