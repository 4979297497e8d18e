"""Checks of a run from a file: what passes has possible numbers, consistent times and texts of bounded length."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from resnet_viz.errors import SpecError
from resnet_viz.records.kernels import LayerKernels
from resnet_viz.records.run import EndToEndTime, GroupTime, LayerTime, Measurement, ProfileRun, TimeSummary
from resnet_viz.spec.profiling import MAX_PROFILE_BATCH
from resnet_viz.texts import tr

MAX_TEXT, MAX_ID = 2_000, 200
MAX_ENTRIES = 1_000
"""The most sentences, batch sizes or flags; a genuine run has a few."""
LAYERS_PER_BLOCK, LAYERS_OUTSIDE_BLOCKS = 40, 100
"""More than any network has, so that no run has many more layers than its network."""
MAX_NUMBER = 10**24
LEAST_TIME_US, MAX_TIME_US = 1e-9, 1e15
"""Summaries are rounded to 1e-4 µs, and 1e15 µs are 30 years."""

Range = tuple[float, float]
_TIMES = (
    "median_us",
    "q1_us",
    "q3_us",
    "min_us",
    "low_us",
    "high_us",
    "mean_us",
    "corrected_us",
    "sparse_us",
    "samples_us",
    "floor_us",
    "p50_us",
    "p90_us",
    "p99_us",
    "launch_us",
    "eager_launch_us",
    "event_pair_us",
    "time_us",
    "start_us",
    "traced_us",
)
_COUNTS = ("flops", "bytes", "peak_bytes", "predicted_peak_bytes", "memory_bytes", "cache_bytes")
RANGES: dict[str, Range] = {
    **dict.fromkeys(_TIMES, (0, MAX_TIME_US)),
    **dict.fromkeys(_COUNTS, (0, MAX_NUMBER)),
    "n": (1, 10**12),
    "passes": (1, 10**12),
    "batch": (1, MAX_PROFILE_BATCH),
    "bytes_per_second": (1, 1e18),
    "flops_per_second": (1, 1e21),
    "images_per_second": (0, 1e15),
    "launch_bound_factor": (0, 1e12),
    "threads": (1, 10**6),
    "second": (0, 1e9),
    **dict.fromkeys(
        ("clock_mhz", "memory_clock_mhz", "application_clock_mhz", "max_clock_mhz"),
        (0, 10**6),
    ),
    "measured_seconds": (0, 1e9),
    "dropped_passes": (0, 10**12),
    "starved_passes": (0, 10**12),
    **dict.fromkeys(("timestamp_in_situ_us", "timestamp_correction_us"), (-MAX_TIME_US, MAX_TIME_US)),
    "others_share": (0, 1),
    "joules": (0, 1e15),
    "seconds": (1e-3, 1e9),
    "images": (1, 10**15),
    "temperature_c": (-300, 10**4),
    "power_w": (0, 1e6),
}
"""The least and the greatest value of the fields with these names, wherever they are."""
_CHECKED_ALREADY = ("spec", "settings")  # when they are made
_LAYER_OR_GROUP = re.compile(r"layer(\d{1,9})(?:\.(\d{1,9})(?:\..+)?)?", re.DOTALL)


def check_run(run: ProfileRun) -> None:
    """Raise SpecError, which names the field, for a run that no measurement of its network gives."""
    for name in run.__struct_fields__:
        if name not in _CHECKED_ALREADY:
            _check_value(name, name, getattr(run, name))
    _check_layers("layers", run.layers, run)
    _check_layers("kernels.layers", run.kernels.layers if run.kernels else (), run)
    for number, layer in enumerate(run.layers):
        if layer.same_as is not None and layer.same_as not in run.layer_by_id:
            raise SpecError(f"layers[{number}].same_as", layer.same_as, tr("give the id of a layer of this run"))
    _check_groups("groups", run.groups, run)
    _check_groups("backward", run.backward, run)
    _check_groups("optimizer", run.optimizer, run)
    _check_kernels(run)
    _check_passes(run)


def check_time(field: str, value: float | None) -> None:
    """Raise SpecError for a time in microseconds that no measurement gives."""
    if value is not None:
        _check_number(field, value, RANGES["median_us"])


def _check_value(path: str, name: str, value: Any) -> None:
    """Check a value and those within it against the range of the field's name."""
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise SpecError(path, value, tr("give at most {n} characters").format(n=f"{MAX_TEXT:,}"))
    elif isinstance(value, int | float):
        _check_number(path, value, RANGES.get(name, (-MAX_NUMBER, MAX_NUMBER)))
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            _check_value(f"{path}.{field}", field, getattr(value, field))
        _check_consistent(path, value)
    elif isinstance(value, dict):
        _check_entries(path, value)
        for key, item in value.items():
            _check_value(path, "", key)
            _check_value(f"{path}.{key[:MAX_ID]}", "", item)
    elif isinstance(value, tuple) and value:
        _check_items(path, name, value)


def _check_consistent(path: str, value: msgspec.Struct) -> None:
    """Check that quantiles ascend, and that a summary is of no fewer repetitions than there are samples."""
    if isinstance(value, TimeSummary):
        _check_ascending(path, value, ("min_us", "q1_us", "median_us", "q3_us"))
        if (value.low_us, value.high_us) != (None, None):
            _check_ascending(path, value, ("low_us", "median_us", "high_us"))
    if isinstance(value, EndToEndTime):
        known = (name for name in ("p50_us", "p90_us", "p99_us") if getattr(value, name) is not None)
        _check_ascending(path, value, tuple(known))
    if isinstance(value, LayerTime | GroupTime | Measurement) and value.spread.n < len(value.samples_us):
        accepted = tr("give at least {n}, the number of its samples").format(n=f"{len(value.samples_us):,}")
        raise SpecError(f"{path}.spread.n", value.spread.n, accepted)  # of very many repetitions a file keeps some


def _check_items(path: str, name: str, items: tuple[Any, ...]) -> None:
    if isinstance(items[0], int | float):  # samples, of which there may be a million
        for item in (min(items), max(items)):
            _check_value(path, name, item)
        return
    if name not in ("layers", "groups", "backward", "optimizer", "readings"):  # the first four have limits of their own
        _check_entries(path, items)
    for number, item in enumerate(items):
        _check_value(f"{path}[{number}]", name, item)


def _check_entries(path: str, entries: Sequence[object] | dict[str, Any]) -> None:
    if len(entries) > MAX_ENTRIES:
        sentence = tr("give at most {n} entries").format(n=f"{MAX_ENTRIES:,}")
        raise SpecError(path, tr("{n} entries").format(n=f"{len(entries):,}"), sentence)


def _check_number(path: str, value: float, allowed: Range) -> None:
    low, high = allowed
    if not low <= value <= high:
        raise SpecError(path, value, tr("give a number from {low:.4g} to {high:.4g}").format(low=low, high=high))
    if path.endswith("_us") and 0 < value < LEAST_TIME_US:
        raise SpecError(path, value, tr("give 0 or a time of at least {least:.0e} µs").format(least=LEAST_TIME_US))


def _check_ascending(path: str, times: TimeSummary | EndToEndTime, names: tuple[str, ...]) -> None:
    values = [getattr(times, name) for name in names]
    if None in values or values != sorted(values):
        accepted = tr("give times in ascending order for {names}").format(names=", ".join(names))
        raise SpecError(path, values, accepted)


def _check_layers(path: str, layers: Sequence[LayerTime | LayerKernels], run: ProfileRun) -> None:
    most = LAYERS_PER_BLOCK * sum(run.spec.blocks) + LAYERS_OUTSIDE_BLOCKS
    if len(layers) > most:
        accepted = tr("give at most {n} layers for this network").format(n=f"{most:,}")
        raise SpecError(path, tr("{n} layers").format(n=f"{len(layers):,}"), accepted)
    ids: set[str] = set()
    for number, layer in enumerate(layers):
        _check_id(f"{path}[{number}].id", layer.id, run)
        _check_new(f"{path}[{number}].id", layer.id, layer.id in ids)
        ids.add(layer.id)


def _check_groups(name: str, times: tuple[GroupTime, ...], run: ProfileRun) -> None:
    seen: set[tuple[str, str]] = set()
    for number, time in enumerate(times):
        path = f"{name}[{number}].id"
        if time.id not in ("stem", "head") and (time.id.count(".") > 1 or not _LAYER_OR_GROUP.fullmatch(time.id)):
            accepted = tr("give stem, head, a stage such as layer1, or a block such as layer1.0")
            raise SpecError(path, time.id, accepted)
        _check_id(path, time.id, run)
        _check_new(path, time.id, (time.id, time.level) in seen)
        seen.add((time.id, time.level))


def _check_kernels(run: ProfileRun) -> None:
    """Raise SpecError where kernels are of a layer that the run did not measure."""
    if run.kernels is None:
        return
    named = {f"kernels.layers[{number}].id": layer.id for number, layer in enumerate(run.kernels.layers)}
    if run.kernels.agreement is not None:
        named["kernels.agreement.worst_layer"] = run.kernels.agreement.worst_layer
    for path, layer in named.items():
        if layer not in run.layer_by_id:
            raise SpecError(path, layer, tr("give the id of a layer of this run"))


def _check_passes(run: ProfileRun) -> None:
    """Raise SpecError where the parts of a pass are not those that the settings ask for.

    A run that was stopped may lack parts, and only a run in the network has them by block.
    """
    passes, has_optimizer = run.settings.passes, run.settings.used_optimizer is not None
    has_all = run.complete and run.settings.mode == "in-network"
    asked_for = {"backward": run.settings.is_training, "optimizer": has_optimizer, "loss": has_optimizer}
    for name, is_asked_for in asked_for.items():
        given = getattr(run, name)
        if given and not is_asked_for:
            accepted = tr("give passes that have the times under {name}, or leave these out").format(name=name)
            raise SpecError("settings.passes", passes, accepted)
        if has_all and is_asked_for and not given and (name != "loss" or run.spec.head):  # a backbone has no loss
            accepted = tr("give the times that a complete run of {passes} has").format(passes=passes)
            raise SpecError(name, tr("nothing"), accepted)


def _check_id(path: str, node_id: str, run: ProfileRun) -> None:
    """Raise SpecError for an id that is empty, very long, or within a stage or block that the network lacks."""
    if not 0 < len(node_id) <= MAX_ID:
        raise SpecError(path, node_id or tr("nothing"), tr("give 1 to {n} characters").format(n=MAX_ID))
    place = _LAYER_OR_GROUP.fullmatch(node_id)
    if place is None:
        return
    stage, block, blocks = int(place[1]), int(place[2] or 0), run.spec.blocks
    if not (1 <= stage <= len(blocks) and block < blocks[stage - 1]):
        accepted = tr("give a part of this network, whose stages have {blocks} blocks")
        raise SpecError(path, node_id, accepted.format(blocks=", ".join(map(str, blocks))))


def _check_new(path: str, node_id: str, known: bool) -> None:
    if known:
        raise SpecError(path, node_id, tr("give each id once; this one is in it twice"))
