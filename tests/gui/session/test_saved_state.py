"""The state file: what is saved comes back, what is broken is left out with a sentence."""

import os
from pathlib import Path

import pytest

from resnet_viz.gui.session.saved_state import WindowState, load_state, save_state
from resnet_viz.gui.session.undo_history import History
from resnet_viz.spec.presets import preset

DEEP, LONG = b'{"spec": ' + b"[" * 100_000, b'{"theme": "' + b"x" * 100_000 + b'"}'


def test_state_goes_through_the_file(tmp_path: Path) -> None:
    state = WindowState(geometry=b"\x00\xff", theme="dark", spec=preset("resnet34"), selection="layer1")
    path = tmp_path / "folder" / "window.json"
    assert save_state(path, state) == ""
    assert load_state(path) == (state, "")


@pytest.mark.parametrize("name", ["ecaresnet50d_pruned", "test_resnet", "resnetv2_50d_evos", "senet154"])
def test_every_field_of_a_network_goes_through_the_file(tmp_path: Path, name: str) -> None:
    state = WindowState(spec=preset(name), open_rows=("block", "stem"))
    assert save_state(tmp_path / "window.json", state) == ""
    assert load_state(tmp_path / "window.json") == (state, "")


def test_the_keys_of_the_file_stay(tmp_path: Path) -> None:
    """A state file of an earlier version opens, also with a key that has been given up."""
    path = tmp_path / "window.json"
    path.write_text('{"theme": "dark", "colour": "latency", "convention": "folded", "down": true, "more_open": true}')
    assert load_state(path) == (WindowState(theme="dark", color="latency", convention="folded", down=True), "")
    assert save_state(path, WindowState(color="macs")) == ""
    assert '"colour":"macs"' in path.read_text()


def test_no_file_is_no_trouble(tmp_path: Path) -> None:
    assert load_state(tmp_path / "none.json") == (WindowState(), "")


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"{", b"[]", b'{"theme": "pink"}', b'{"spec": {"blocks": [0]}}', DEEP, LONG]
)
def test_a_broken_file_is_left_out_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window.json"
    path.write_bytes(content)
    state, sentence = load_state(path)
    assert state == WindowState()
    assert 0 < len(sentence) < 600


def test_a_state_file_that_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "window.json")
    state, sentence = load_state(tmp_path / "window.json")
    assert state == WindowState()
    assert "it is a pipe or a device" in sentence


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert save_state(tmp_path / "file" / "window.json", WindowState())


def test_history_goes_back_and_forth() -> None:
    history = History(1)
    for value in (2, 3):
        history.push(value)
    history.move(-1)
    assert (history.current, history.can_undo, history.can_redo) == (2, True, True)
    history.push(4)
    assert (history.current, history.can_redo) == (4, False)
    history.forget(4, instead=2)
    assert history.current == 2
    history.move(-9)
    assert history.current == 1
    history.forget(1, instead=7)
    assert history.current == 7
