"""The rules of the trace event format as far as our traces use it, checked on a text."""

import json
from typing import Any

Event = dict[str, Any]
NAMES = {"process_name", "thread_name"}


def checked_events(text: str) -> list[Event]:
    """The events of a trace that keeps the rules; raises AssertionError for one that does not.

    https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU is the format's description.
    """
    trace = json.loads(text)
    assert isinstance(trace["traceEvents"], list)
    assert trace.get("displayTimeUnit") in ("ms", "ns")
    named: set[tuple[str, int, int]] = set()
    events: list[Event] = trace["traceEvents"]
    for event in events:
        assert isinstance(event["name"], str)
        assert event["name"]
        assert isinstance(event["pid"], int)
        assert isinstance(event["tid"], int)
        assert event["ph"] in ("X", "M", "i")
        if event["ph"] == "M":
            assert event["name"] in NAMES
            assert isinstance(event["args"]["name"], str)
            named.add((event["name"], event["pid"], event["tid"]))
            continue
        assert event["ts"] >= 0
        assert isinstance(event["cat"], str)
        if event["ph"] == "X":
            assert event["dur"] >= 0
        else:
            assert event["s"] in ("g", "p", "t")
    tracks = {(event["pid"], event["tid"]) for event in events if event["ph"] != "M"}
    assert {("process_name", pid, 0) for pid, _ in tracks} <= named
    assert {("thread_name", *track) for track in tracks} <= named
    for track in tracks:
        parents_of([event for event in events if event["ph"] == "X" and (event["pid"], event["tid"]) == track])
    return events


def parents_of(slices: list[Event]) -> list[Event | None]:
    """The slice that each slice of one track lies in; raises AssertionError where two overlap and neither is within.

    Readers sort by time and keep the file's order of slices that begin together, so the outer one must come first.
    """
    opened: list[Event] = []
    parents: dict[int, Event | None] = {}
    for each in sorted(slices, key=lambda event: round(1000 * event["ts"])):
        start, end = _range_ns(each)
        while opened and _range_ns(opened[-1])[1] <= start:
            opened.pop()
        if opened:
            assert end <= _range_ns(opened[-1])[1], (
                f"{each['name']} ends after {opened[-1]['name']}, which it begins in"
            )
        parents[id(each)] = opened[-1] if opened else None
        opened.append(each)
    return [parents[id(each)] for each in slices]


def _range_ns(event: Event) -> tuple[int, int]:
    start, length = round(1000 * event["ts"]), round(1000 * event["dur"])
    return start, start + length
