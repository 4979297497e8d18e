"""Bad lines between window and engine: each is answered or skipped, and the next question is answered."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from resnet_viz.child_process import module_command, module_environment
from resnet_viz.engine import server
from resnet_viz.engine.lines import LineSplitter
from resnet_viz.engine.protocol import (
    Analyse,
    Analysed,
    Answer,
    Failure,
    Message,
    Progress,
    Ready,
    answer,
    ask,
    decode_message,
    encode,
    value_for,
)
from resnet_viz.engine.streams import MAX_REQUEST_BYTES
from resnet_viz.gui.session.engine_client import EngineClient
from resnet_viz.records.run import ProfileProgress
from resnet_viz.spec.presets import preset
from tests.campaigns.extent import IS_LONG, extent, random_source
from tests.gui.small_analysis import small_analysis

SMALL = preset("resnet20_cifar")
REQUEST = encode(ask(1, Analyse(SMALL)))
LAST = encode(ask(10**6, Analyse(SMALL)))
PARAMETERS = 269_722
WAIT_MS = 60_000


def damaged(line: bytes, source: random.Random) -> bytes:
    """Return the line with a random damage, on one line; it may remain valid."""
    body = line.rstrip(b"\n")
    at = source.randrange(len(body))
    other = source.randbytes(source.randrange(1, 40))
    depth = source.randrange(1, 6_000)
    choices = (
        body[:at],
        body[at:],
        body[:at] + other + body[at:],
        body[:at] + bytes([body[at] ^ 1 << source.randrange(8)]) + body[at + 1 :],
        body[:at] + b"[" * depth + b"]" * depth + body[at:],
        body[:at] + b"9" * depth + body[at:],
        body.replace(b'"', source.choice([b"'", b"", b'""', b"\\"]), source.randrange(1, 5)),
        body.replace(source.choice([b"1", b"3"]), source.choice([b"-1", b"1e999", b"null", b"{}", b"true"])),
        body.replace(source.choice([b"analyse", b"answer", b"id"]), other),
        body + body,
        b'"' + b"x" * source.randrange(100_000) + b'"',
        other,
        b"",
    )
    return source.choice(choices).replace(b"\n", b" ") + b"\n"


def received(lines: list[bytes], source: random.Random) -> Iterator[bytes | None]:
    """Cut the lines' bytes at random places and put them together again as the engine's process does."""
    splitter = LineSplitter(MAX_REQUEST_BYTES)
    whole, start = b"".join(lines), 0
    while start < len(whole):
        end = start + source.randrange(1, 70_000)
        yield from splitter.feed(whole[start:end])
        start = end


def check(messages: list[Message]) -> None:
    """Hold the messages to one for each bad line and the right answer to the last line."""
    *before, last = messages
    assert all(isinstance(message, Answer | Failure) for message in before)
    assert all(message.sentence for message in before if isinstance(message, Failure))
    assert isinstance(last, Answer)
    assert value_for(Analyse(SMALL), last).analysis.totals.params == PARAMETERS


def test_the_engine_answers_every_bad_line_once_and_then_a_good_one() -> None:
    source = random_source()
    lines = [damaged(REQUEST, source) for _ in range(300)]
    messages = [list(server.answers_to(line)) for line in received([*lines, LAST], source)]
    assert [len(found) for found in messages] == [1] * 301
    check([message for found in messages for message in found])


@pytest.mark.skipif(not IS_LONG, reason="loads torch in a process of its own")
def test_the_engine_as_a_process_answers_every_bad_line_once_and_then_a_good_one() -> None:
    source = random_source()
    lines = [damaged(REQUEST, source) for _ in range(300)]
    with subprocess.Popen(
        module_command("resnet_viz", "engine"), env=module_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert isinstance(decode_message(process.stdout.readline()), Ready)
        messages = []
        for line in [*lines, LAST]:
            process.stdin.write(line)
            process.stdin.flush()
            messages.append(decode_message(process.stdout.readline()))
        process.stdin.close()
        assert process.wait(60) == 0
    check(messages)


ENGINE = """
import sys
from pathlib import Path
folder = Path(sys.argv[1])
write = sys.stdout.buffer.write
good = (folder / "good").read_bytes()
bad = (folder / "bad").read_bytes().splitlines(True)
write(b"".join(line for line in bad if b"ready" not in line) + (folder / "ready").read_bytes())
sys.stdout.flush()
for line in sys.stdin.buffer:
    number = line.partition(b",")[0].rpartition(b":")[2]
    started = int((folder / "started").read_text() or 0)
    (folder / "started").write_text(str(started + 1))
    if started % 2 == 0:
        write(bad[started // 2 % len(bad)].replace(b"12345", number))
    write(good.replace(b"12345", number))
    sys.stdout.flush()
"""
"""Writes all bad lines before it is ready, then one before every other answer, which may end this process."""


def test_the_window_bears_every_bad_line_of_an_engine(qtbot: QtBot, tmp_path: Path) -> None:
    source = random_source()
    good = encode(answer(12_345, Analysed(small_analysis(SMALL), 0.1)))
    progress = encode(Progress(12_345, ProfileProgress("passes", 0.5)))
    failure = encode(Failure(12_345, "No.", "width"))
    questions = extent(daily=4, long=300)
    bad = [damaged(source.choice([good, progress, failure]), source) for _ in range(max(questions, 100))]
    (tmp_path / "good").write_bytes(good)
    (tmp_path / "bad").write_bytes(b"".join(bad))
    (tmp_path / "ready").write_bytes(encode(Ready("2.13.0", "cpu")))
    (tmp_path / "started").touch()
    client = EngineClient((sys.executable, "-c", ENGINE, str(tmp_path)))
    ended = 0
    for _ in range(questions):
        found: list[object] = []
        client.ask(Analyse(SMALL)).then(found.append, found.append)
        qtbot.waitUntil(lambda: not client.busy, timeout=WAIT_MS)
        assert len(found) == 1
        ended += isinstance(found[0], Analysed)
    client.stop()
    assert ended >= questions * 0.8  # a damaged failure that is valid fails its question
