"""What a comparison of two networks shows: totals, what differs in the question, and what follows in sentences."""

from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import FigurePair
from resnet_viz.records.network_pair import Change, NetworkComparison
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.figures import FigureRow, counted_rows, figure_text, time_rows
from resnet_viz.viewmodels.compare.verdict import doubt, share, speed, work_of
from resnet_viz.viewmodels.text.conventions import count_label
from resnet_viz.viewmodels.text.numbers import UNKNOWN


def network_names(compared: NetworkComparison) -> tuple[str, str]:
    """What the two are called; where that is one name, A and B tell them apart."""
    first, second = title_of(compared.first), title_of(compared.second)
    return (f"A · {first}", f"B · {second}") if first == second else (first, second)


def total_rows(compared: NetworkComparison, convention: Convention = "macs") -> tuple[FigureRow, ...]:
    """The totals of both networks with their ratio, operations by a convention of counting alone."""
    names = {
        "depth": tr("depth"),
        "params": tr("parameters"),
        "macs": count_label(convention).heading,
        "flops": count_label("elementwise").heading,
        "activations": tr("activations"),
        "peak_activation_bytes": tr("activation peak"),
        "receptive_field": tr("receptive field"),
        "layers": tr("operations"),
        "kept_bytes": tr("kept for training"),
    }
    if convention == "elementwise":
        del names["flops"]
    return (*counted_rows(compared, names, convention), *time_rows(compared.times))


def network_sentences(compared: NetworkComparison, convention: Convention = "macs") -> tuple[str, ...]:
    """What follows from the figures: what the second costs, what it keeps, and which one is the faster."""
    if not compared.fields:
        return (change_sentence(compared),)
    names = network_names(compared)
    work = work_of(compared, convention)
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
    same, other = tr("at the same depth of {first:,.0f}"), tr("at depth {second:,.0f} instead of {first:,.0f}")
    return (same if depth.first == depth.second else other).format(first=depth.first, second=depth.second)


def _against(pair: FigurePair) -> str:
    """The second's figure against the first's."""
    first, second = figure_text(pair.name, pair.first), figure_text(pair.name, pair.second)
    text = tr("{second} in both") if first == second else tr("{second} against {first}")
    return text.format(first=first, second=second)


def field_sentence(compared: NetworkComparison) -> str:
    """Which fields of the question differ, with both values."""
    names = network_names(compared)
    changes = (
        tr("{field}: {first} against {second}").format(
            field=change.field.replace("_", " "), first=change.first or UNKNOWN, second=change.second or UNKNOWN
        )
        for change in compared.fields
    )
    text = tr("{first} against {second} · {changes}") if compared.fields else tr("{first} against {second}")
    return text.format(first=names[0], second=names[1], changes="; ".join(changes))


def change_sentence(compared: NetworkComparison) -> str:
    """How many layers are the same, changed, added and removed."""
    if not compared.fields:
        return tr("The two networks are the same: no difference in {n} layers.").format(n=f"{len(compared.layers):,}")
    texts: dict[Change, str] = {
        "changed": tr("{n} layers changed"), "added": tr("{n} added"), "removed": tr("{n} removed"),
        "same": tr("{n} the same"),
    }  # fmt: skip
    counts = (text.format(n=f"{n:,}") for change, text in texts.items() if (n := compared.count(change)))
    return tr("From the first to the second: {counts}.").format(counts=", ".join(counts))
