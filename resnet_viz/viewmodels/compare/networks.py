"""What a comparison of two networks shows: totals, what differs in the question, and what follows in sentences."""

from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import FigurePair, Operations
from resnet_viz.records.network_pair import Change, NetworkComparison
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.figures import FigureRow, latency_rows, operations_row
from resnet_viz.viewmodels.compare.verdict import doubt, share, speed, work_of
from resnet_viz.viewmodels.text.conventions import label
from resnet_viz.viewmodels.text.numbers import UNKNOWN, byte_size, exact, pixels


def network_names(compared: NetworkComparison) -> tuple[str, str]:
    """What the two are called; where that is one name, A and B tell them apart."""
    first, second = title_of(compared.first), title_of(compared.second)
    return (f"A · {first}", f"B · {second}") if first == second else (first, second)


def total_rows(
    compared: NetworkComparison, how_to_measure: str, convention: Convention = "macs"
) -> tuple[FigureRow, ...]:
    """The totals of both networks with their ratio, operations by a convention of counting alone.

    `how_to_measure` stands where a time is yet unknown.
    """
    names = {
        "depth": tr("depth"),
        "layers": tr("operations"),
        "params": tr("parameters"),
        "activations": tr("activations"),
        "kept_bytes": tr("kept for training"),
        "peak_activation_bytes": tr("activation peak"),
        "receptive_field": tr("receptive field"),
    }
    if convention != "elementwise":
        names["flops"] = label("elementwise").heading
    rows: list[FigureRow] = []
    for pair in compared.totals:
        if pair.name == "macs":
            rows.append(operations_row(pair.name, operations_of(compared), convention))
        elif pair.name in names:
            texts = _text(pair.name, pair.first), _text(pair.name, pair.second)
            rows.append(FigureRow(pair.name, names[pair.name], pair.first, pair.second, *texts, pair.ratio))
    return (*rows, *latency_rows(compared.times, how_to_measure))


def operations_of(compared: NetworkComparison) -> tuple[Operations, Operations]:
    """What both networks count."""
    macs, flops, folded = (compared.total(name) for name in ("macs", "flops", "flops_norms_folded"))
    first, second = (
        Operations(int(one or 0), int((every or 0) - 2 * (one or 0)), int((bare or 0) - 2 * (one or 0)))
        for one, every, bare in ((macs.first, flops.first, folded.first), (macs.second, flops.second, folded.second))
    )
    return first, second


def network_sentences(compared: NetworkComparison, convention: Convention = "macs") -> tuple[str, ...]:
    """What follows from the figures: what the second costs, what it keeps, and which one is the faster."""
    if not compared.fields:
        return (change_sentence(compared),)
    names = network_names(compared)
    work = work_of(*operations_of(compared), convention)
    params, depth = compared.total("params"), compared.total("depth")
    costs = tr("Against {first}, {second} has {params} and {work}, {layers}.").format(
        first=names[0], second=names[1], params=share(params.ratio or 1.0, tr("parameters")),
        work=share(work.ratio, work.noun), layers=_depth(depth),
    )  # fmt: skip
    kept, peak = compared.total("kept_bytes"), compared.total("peak_activation_bytes")
    memory = tr("For training it keeps {kept}; at its peak a forward pass needs {peak}.").format(
        kept=_against(kept), peak=_against(peak)
    )
    if compared.times is None:
        last = tr("Which of the two is faster is known when they have been measured.")
    else:
        last = " ".join(part for part in (speed(compared.times, work, names), doubt(compared.times)) if part)
    return costs, memory, last


def _depth(depth: FigurePair) -> str:
    if depth.first == depth.second:
        return tr("at the same depth of {n:,.0f}").format(n=depth.first)
    return tr("at depth {second:,.0f} instead of {first:,.0f}").format(second=depth.second, first=depth.first)


def _against(pair: FigurePair) -> str:
    """The second's figure against the first's."""
    first, second = _text(pair.name, pair.first), _text(pair.name, pair.second)
    return tr("{n} in both").format(n=first) if first == second else tr("{second} against {first}").format(
        second=second, first=first
    )  # fmt: skip


def field_sentence(compared: NetworkComparison) -> str:
    """Which fields of the question differ, with both values."""
    names = network_names(compared)
    lead = tr("{first} against {second}").format(first=names[0], second=names[1])
    changes = "; ".join(
        tr("{field}: {first} against {second}").format(
            field=change.field.replace("_", " "), first=change.first or UNKNOWN, second=change.second or UNKNOWN
        )
        for change in compared.fields
    )
    return f"{lead} · {changes}" if changes else lead


def change_sentence(compared: NetworkComparison) -> str:
    """How many layers are the same, changed, added and removed."""
    if not compared.fields:
        return tr("The two networks are the same: no difference in {n} layers.").format(n=f"{len(compared.layers):,}")
    counts = [
        text.format(n=f"{compared.count(change):,}") for change, text in _counted() if compared.count(change)
    ]  # fmt: skip
    return tr("From the first to the second: {counts}.").format(counts=", ".join(counts))


def _counted() -> tuple[tuple[Change, str], ...]:
    return (
        ("changed", tr("{n} layers changed")), ("added", tr("{n} added")), ("removed", tr("{n} removed")),
        ("same", tr("{n} the same")),
    )  # fmt: skip


def _text(name: str, value: float | None) -> str:
    if value is None:
        return UNKNOWN
    if name.endswith("_bytes"):
        return byte_size(int(value))
    return pixels(int(value)) if name == "receptive_field" else exact(int(value))
