"""Runs as files: saved, opened and listed, with a sentence for whatever is wrong with one."""

import hashlib
import json
import random
from pathlib import Path

import msgspec
import pytest

from resnet_viz.errors import FileProblem
from resnet_viz.records.energy import Energy
from resnet_viz.records.message import Message
from resnet_viz.records.run import (
    FORMAT,
    BatchPoint,
    Ceilings,
    EndToEndTime,
    GroupTime,
    Measurement,
    ProfileRun,
    TimeSummary,
)
from resnet_viz.spec.presets import preset
from resnet_viz.storage.runs import (
    list_runs,
    looks_like_run,
    read_run,
    run_json,
    runs_folder,
    save_in_runs_folder,
    save_run,
)
from resnet_viz.viewmodels.measure import run_notes
from resnet_viz.viewmodels.text.runs import run_sentences
from tests.gui.small_run import small_run

DAMAGED = 200
OLD = Path(__file__).parents[1] / "golden" / "run_2820ef4.json"
"""A run as commit 2820ef4 wrote it, with sentences and without messages."""
OLD_WARNINGS = (
    "Other programs took 51 % of the processor during the run: the times are theirs too.",
    "The whole network's time varies by 164 % between its quartiles: something else uses this machine, or its clock "
    "changes. Do not rely on these figures; measure again.",
    "The layers' sum misses the whole network's time by -102.5 %; it should be within 5 %.",
    "57 of 69 layers vary by 25 % or more between their quartiles.",
    "7 layers are faster than the measured ceilings allow, conv1 among them.",
)
FALLBACK, WARNING = Message("graph refused", {"reason": "no {braces} here"}), Message("shared", {"part": 51.2})


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESNET_VIZ_RUNS", str(tmp_path / "runs"))


@pytest.fixture
def run() -> ProfileRun:
    return small_run(preset("resnet18"))


@pytest.fixture
def spoken(run: ProfileRun) -> ProfileRun:
    """A run with messages."""
    return msgspec.structs.replace(
        run, messages=(FALLBACK, WARNING), fallbacks=(str(FALLBACK),), warnings=(str(WARNING),)
    )


def test_a_run_comes_back_as_it_was_saved(run: ProfileRun, tmp_path: Path) -> None:
    save_run(run, tmp_path / "run.json")
    assert read_run(tmp_path / "run.json") == (run, "")
    assert looks_like_run(tmp_path / "run.json")


def test_an_old_run_opens_unchanged_with_its_sentences() -> None:
    run, changed = read_run(OLD)
    assert changed == ""
    assert run.messages == ()
    assert run_sentences(run) == run_notes(run) == run.warnings == OLD_WARNINGS
    assert (run.spec, len(run.layers), run.method) == (preset("resnet18"), 69, "host-clock")


def test_an_old_run_that_is_saved_again_keeps_everything(tmp_path: Path) -> None:
    run, _ = read_run(OLD)
    save_run(run, tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == OLD.read_bytes()


def test_later_fields_are_in_a_file_where_they_have_values_and_its_digest_holds_them(
    run: ProfileRun, tmp_path: Path
) -> None:
    assert "low_us" not in run_json(run)
    summary = msgspec.structs.replace(run.layers[0].spread, low_us=9.75, high_us=10.25)
    layers = (msgspec.structs.replace(run.layers[0], spread=summary), *run.layers[1:])
    save_run(msgspec.structs.replace(run, layers=layers), tmp_path / "run.json")
    again, changed = read_run(tmp_path / "run.json")
    assert (again.layers, changed) == (layers, "")
    text = (tmp_path / "run.json").read_text()
    (tmp_path / "run.json").write_text(text.replace('"low_us": 9.75', '"low_us": 9.5'))
    assert "changed after it was saved" in read_run(tmp_path / "run.json")[1]


def test_a_new_run_has_its_messages_as_values_and_its_sentences_in_english(spoken: ProfileRun, tmp_path: Path) -> None:
    save_run(spoken, tmp_path / "run.json")
    fields = msgspec.json.decode((tmp_path / "run.json").read_bytes())
    assert fields["messages"] == [
        {"kind": "graph refused", "values": {"reason": "no {braces} here"}},
        {"kind": "shared", "values": {"part": 51.2}},
    ]
    assert fields["fallbacks"] == ["The CUDA graph was refused (no {braces} here)."]
    assert fields["warnings"] == [
        "Other programs took 51 % of the processor during the run: the times include waiting for them."
    ]
    assert read_run(tmp_path / "run.json") == (spoken, "")


def test_an_older_program_finds_a_new_run_as_it_was_saved(spoken: ProfileRun) -> None:
    """Its digest is of the fields that it knows, in their order in the file."""
    fields = msgspec.json.decode(run_json(spoken))
    known = {name: fields[name] for name in ProfileRun.__struct_fields__ if name in fields and name != "messages"}
    assert hashlib.sha256(msgspec.json.encode(known)).hexdigest() == fields["digest"]


@pytest.mark.parametrize(
    "change", [('"part": 51.2', '"part": 5.2'), ('"shared"', '"of tomorrow"'), ('"part"', '"whole"')]
)
def test_messages_that_differ_from_the_sentences_are_left_out(
    change: tuple[str, str], spoken: ProfileRun, tmp_path: Path
) -> None:
    """They were edited, or made by a newer version; the sentences are shown."""
    (tmp_path / "run.json").write_text(run_json(spoken).replace(*change))
    run, changed = read_run(tmp_path / "run.json")
    assert (run.messages, changed) == ((), "")
    assert run_sentences(run) == (str(FALLBACK), str(WARNING))


def test_the_json_has_sums_for_scripts(run: ProfileRun) -> None:
    fields = msgspec.json.decode(run_json(run))
    assert fields["sum_us"] == sum(layer["spread"]["median_us"] for layer in fields["layers"])
    assert fields["unaccounted_us"] == pytest.approx(5.0)
    assert fields["spec"]["block"] == "basic"
    assert [layer["id"] for layer in fields["layers"]][:2] == ["conv1", "relu"]


def test_the_json_has_the_energy_of_an_image_where_a_card_counted_it(run: ProfileRun, tmp_path: Path) -> None:
    assert "joules_per_image" not in msgspec.json.decode(run_json(run))
    counted = msgspec.structs.replace(run, energy=Energy(1_500.0, 5.0, 6_000))
    save_run(counted, tmp_path / "run.json")
    fields = msgspec.json.decode((tmp_path / "run.json").read_bytes())
    assert (fields["joules_per_image"], fields["energy"]["images"]) == (0.25, 6_000)
    assert read_run(tmp_path / "run.json") == (counted, "")


def test_saved_runs_are_listed_the_newest_first(run: ProfileRun) -> None:
    later = msgspec.structs.replace(run, made="2026-11-23T00:00:00+00:00", complete=False)
    paths = {save_in_runs_folder(run), save_in_runs_folder(run), save_in_runs_folder(later)}
    entries = list_runs()
    assert [entry.made for entry in entries] == [later.made, run.made, run.made]
    assert {Path(entry.path) for entry in entries} == paths
    first = entries[0]
    assert (first.title, first.device, first.dtype, first.batch, first.complete) == (
        "ResNet-18", "A processor", "fp32", 1, False)  # fmt: skip
    assert run.whole is not None
    assert first.whole_us == run.whole.spread.median_us


def test_other_files_are_not_listed(run: ProfileRun) -> None:
    kept = save_in_runs_folder(run)
    (kept.parent / "spec.json").write_text('{"block": "basic", "blocks": [2, 2]}')
    (kept.parent / "half.json").write_text(kept.read_text()[:500])
    assert [entry.path for entry in list_runs()] == [str(kept)]


def test_an_edited_run_opens_with_a_warning(run: ProfileRun, tmp_path: Path) -> None:
    text = run_json(run).replace('"median_us": 20.0', '"median_us": 19.5')
    (tmp_path / "edited.json").write_text(text)
    opened, sentence = read_run(tmp_path / "edited.json")
    assert opened.layers[1].spread.median_us == 19.5
    assert "edited.json was changed after it was saved" in sentence


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (lambda text: text[: len(text) // 2], "not a run"),
        (lambda text: text.replace(f'"format": {FORMAT}', f'"format": {FORMAT + 1}'), "newer resnet_viz"),
        (lambda text: text.replace('"kind": "resnet_viz run"', '"kind": "recipe"'), "not a run"),
        (lambda text: text.replace('"blocks": [', '"blocks": ["two",'), "blocks"),
        (lambda text: text.replace('"q1_us": 19.0', '"q1_us": 99.0'), "ascending order for min_us, q1_us"),
        (lambda text: text.replace('"q3_us": 21.0', '"q3_us": 1e999'), "not a run"),
        (lambda text: text.replace('"id": "relu"', '"id": "conv1"'), "twice"),
        (
            lambda text: text.replace('"flops_per_second": 100000000000.0', '"flops_per_second": 0.0'),
            "give a number from 1 to",
        ),
        (lambda text: "", "not a run"),
        (lambda text: "[" * 100_000, "not a run"),
    ],
)
def test_a_wrong_file_is_refused_with_a_reason(make: object, part: str, run: ProfileRun, tmp_path: Path) -> None:
    assert callable(make)
    path = tmp_path / "wrong.json"
    path.write_text(make(run_json(run)))
    with pytest.raises(FileProblem, match=part):
        read_run(path)


def test_a_truncated_run_still_looks_like_a_run(run: ProfileRun, tmp_path: Path) -> None:
    """The error is then about a run, not about a network."""
    (tmp_path / "half.json").write_text(run_json(run)[:3_000])
    assert looks_like_run(tmp_path / "half.json")
    (tmp_path / "spec.json").write_text('{"block": "basic", "blocks": [2, 2]}')
    assert not looks_like_run(tmp_path / "spec.json")


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="cannot be read"):
        read_run(tmp_path / "nowhere.json")
    assert not looks_like_run(tmp_path / "nowhere.json")


def test_damaged_files_open_or_are_refused(run: ProfileRun, tmp_path: Path) -> None:
    whole = run_json(run).encode()
    chance = random.Random(7)
    path = tmp_path / "damaged.json"
    outcomes = [_opened(path, _damaged(whole, chance), run) for _ in range(DAMAGED)]
    assert outcomes.count(True) > 0
    assert outcomes.count(False) > DAMAGED // 2


def _opened(path: Path, content: bytes, run: ProfileRun) -> bool:
    """Return whether the file opens, and check that it is then the run or has a warning, and can be written again."""
    path.write_bytes(content)
    list_runs()
    looks_like_run(path)
    try:
        found, sentence = read_run(path)
    except FileProblem:
        return False
    assert sentence or found == run
    run_json(found)
    return True


def _damaged(content: bytes, chance: random.Random) -> bytes:
    """A piece cut out, doubled, moved, overwritten with noise or with another number."""
    place, length = chance.randrange(len(content)), chance.randrange(1, 60)
    piece = content[place : place + length]
    match chance.randrange(5):
        case 0:
            return content[:place]
        case 1:
            return content[:place] + content[place + length :]
        case 2:
            return content[:place] + piece + piece + content[place + length :]
        case 3:
            return content[:place] + chance.randbytes(length) + content[place + length :]
        case _:
            digit = str(chance.randrange(10)).encode()
            at = next((index for index in range(place, len(content)) if content[index : index + 1].isdigit()), place)
            return content[:at] + digit + content[at + 1 :]


def test_a_run_whose_end_is_missing_is_not_listed(run: ProfileRun) -> None:
    """The list reads only the beginning of a file, which is complete here."""
    path = save_in_runs_folder(run)
    assert [entry.path for entry in list_runs()] == [str(path)]
    path.write_bytes(path.read_bytes()[:-40])
    assert list_runs() == ()


def test_the_list_reads_no_layers(run: ProfileRun) -> None:
    path = save_in_runs_folder(run)
    path.write_text(path.read_text().replace('"layers": [', '"layers": [?'))
    assert [entry.path for entry in list_runs()] == [str(path)]


def test_a_run_of_a_few_layers_is_listed(run: ProfileRun) -> None:
    path = save_in_runs_folder(msgspec.structs.replace(run, layers=run.layers[:1], groups=(), backward=()))
    assert [entry.path for entry in list_runs()] == [str(path)]


def test_a_run_with_sorted_fields_is_listed_as_well(run: ProfileRun) -> None:
    """Its beginning lacks fields that the list needs."""
    path = save_in_runs_folder(run)
    path.write_text(json.dumps(json.loads(path.read_text()), sort_keys=True))
    assert [entry.title for entry in list_runs()] == ["ResNet-18"]


def test_a_saved_run_is_named_after_its_date_network_device_dtype_and_batch(run: ProfileRun) -> None:
    names = [save_in_runs_folder(run).name for _ in range(3)]
    assert names == [
        "2026-11-22 04.05.06 resnet18 cpu fp32 n1.json",
        "2026-11-22 04.05.06 resnet18 cpu fp32 n1 (2).json",
        "2026-11-22 04.05.06 resnet18 cpu fp32 n1 (3).json",
    ]


def test_a_name_has_only_characters_that_every_system_accepts(run: ProfileRun) -> None:
    card = msgspec.structs.replace(run, place=msgspec.structs.replace(run.place, device="cuda:0"))
    assert save_in_runs_folder(card).name == "2026-11-22 04.05.06 resnet18 cuda-0 fp32 n1.json"
    custom = msgspec.structs.replace(run, spec=run.spec.but(width=48, input=(7, 3, 64, 64)))
    name = save_in_runs_folder(custom).name
    assert name.endswith(" cpu fp32 n7.json")
    assert not set(name) & set('<>:"/\\|?*')


def test_the_runs_folder_is_made_with_the_folders_above_it(
    run: ProfileRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESNET_VIZ_RUNS", str(tmp_path / "some" / "where"))
    assert save_in_runs_folder(run).parent == tmp_path / "some" / "where"


def test_without_the_variable_runs_are_in_the_users_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RESNET_VIZ_RUNS")
    assert runs_folder().name == "runs"
    assert runs_folder().parent.name == "resnet_viz"


def test_an_entry_has_what_distinguishes_a_run(run: ProfileRun) -> None:
    nameless = msgspec.structs.replace(run, place=msgspec.structs.replace(run.place, name=""))
    path = save_in_runs_folder(nameless)
    (entry,) = list_runs()
    assert entry.path == str(path)
    assert (entry.device, entry.mode) == ("cpu", "in-network")
    save_run(msgspec.structs.replace(run, whole=None), path)
    assert list_runs()[0].whole_us is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("whole", None), ("instrumented", None), ("sweep", ()), ("ends", ()), ("groups", ()), ("backward", ())],
)
def test_times_that_are_no_quartiles_are_found_wherever_they_are(
    field: str, value: object, run: ProfileRun, tmp_path: Path
) -> None:
    wrong = TimeSummary(5.0, 4.0, 3.0, 2.0, 1)  # the third quartile is below the median
    times = {
        "whole": Measurement(wrong, ()),
        "instrumented": Measurement(wrong, ()),
        "sweep": (BatchPoint(1, wrong, 1.0, None),),
        "ends": (EndToEndTime("eager", Measurement(wrong, ()), 1.0, 1.0, 1.0, 1.0),),
        "groups": (GroupTime("stem", "block", wrong),),
        "backward": (GroupTime("stem", "block", wrong),),
    }
    save_run(msgspec.structs.replace(run, **{field: times[field]}), tmp_path / "run.json")
    with pytest.raises(FileProblem, match=r"spread: 2,4,5,3 is not accepted; give times in ascending"):
        read_run(tmp_path / "run.json")
    save_run(msgspec.structs.replace(run, **{field: value}), tmp_path / "run.json")
    assert read_run(tmp_path / "run.json")[1] == ""


def test_times_of_no_repetition_are_refused(run: ProfileRun, tmp_path: Path) -> None:
    none = msgspec.structs.replace(run, whole=Measurement(TimeSummary(1.0, 1.0, 1.0, 1.0, 0), ()))
    save_run(none, tmp_path / "run.json")
    with pytest.raises(FileProblem, match=r"whole\.spread\.n: 0 is not accepted; give a number from 1 to"):
        read_run(tmp_path / "run.json")


@pytest.mark.parametrize("ceilings", [Ceilings(0.0, 1.0, 1.0, 0), Ceilings(1.0, 0.0, 1.0, 0)])
def test_ceilings_must_be_above_zero(ceilings: Ceilings, run: ProfileRun, tmp_path: Path) -> None:
    save_run(msgspec.structs.replace(run, ceilings=ceilings), tmp_path / "run.json")
    with pytest.raises(FileProblem, match=r"ceilings\.\w+_per_second: 0 is not accepted; give a number from 1 to"):
        read_run(tmp_path / "run.json")


def test_slow_ceilings_are_accepted(run: ProfileRun, tmp_path: Path) -> None:
    save_run(msgspec.structs.replace(run, ceilings=Ceilings(1.0, 1.0, 1.0, 0)), tmp_path / "run.json")
    assert read_run(tmp_path / "run.json")[1] == ""


def test_a_run_of_a_newer_format_is_not_listed(run: ProfileRun) -> None:
    path = save_in_runs_folder(run)
    path.write_text(path.read_text().replace(f'"format": {FORMAT}', f'"format": {FORMAT + 1}'))
    assert list_runs() == ()


def test_a_folder_that_cannot_be_made_is_a_sentence(
    run: ProfileRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RESNET_VIZ_RUNS", str(tmp_path / "file" / "runs"))
    with pytest.raises(FileProblem, match=r"runs cannot be made: .+\."):
        save_in_runs_folder(run)


def test_the_reason_of_a_long_wrong_value_names_its_field(run: ProfileRun, tmp_path: Path) -> None:
    """The decoder says the value first."""
    (tmp_path / "run.json").write_text(run_json(run).replace('"block": "basic"', f'"block": "{"x" * 100_000}"'))
    with pytest.raises(FileProblem, match=r"Invalid enum value 'xxx.*x….*x' - at `\$\.spec\.block`\.$") as caught:
        read_run(tmp_path / "run.json")
    assert len(str(caught.value)) < 800
