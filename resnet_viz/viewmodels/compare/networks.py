"""Build the texts of a comparison of two networks: totals, the fields of the spec that differ, and the conclusions."""

from resnet_viz.records.analysis import Convention
from resnet_viz.records.block_pair import FigurePair
from resnet_viz.records.network_pair import Change, NetworkComparison
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.compare.conclusions import count_phrase, operation_ratio, speed_sentence, timing_sentences
from resnet_viz.viewmodels.compare.figures import FigureRow, counted_rows, figure_text, time_rows
from resnet_viz.viewmodels.text.conventions import count_label
from resnet_viz.viewmodels.text.numbers import UNKNOWN


def network_names(compared: NetworkComparison) -> tuple[str, str]:
    """Return the names of both networks, marked A and B where they are equal."""
    first, second = title_of(compared.first), title_of(compared.second)
    return (f"A · {first}", f"B · {second}") if first == second else (first, second)


def total_rows(compared: NetworkComparison, convention: Convention = "macs") -> tuple[FigureRow, ...]:
    """Return the rows of the totals of both networks, with operations by no other counting convention than this."""
    names = {
        "depth": tr("depth"),
        "params": tr("parameters"),
        "macs": count_label(convention).heading,
        "flops": count_label("elementwise").heading,
        "activations": tr("activations"),
        "peak_activation_bytes": tr("peak activation memory"),
        "receptive_field": tr("receptive field"),
        "layers": tr("layers"),
        "kept_bytes": tr("saved for backward"),
    }
    if convention == "elementwise":
        del names["flops"]
    return (*counted_rows(compared, names, convention), *time_rows(compared.times))


def network_sentences(compared: NetworkComparison, convention: Convention = "macs") -> tuple[str, ...]:
    """Return the conclusions: the cost of the second network, the memory that it needs, and which network is faster."""
    if not compared.fields:
        return (change_sentence(compared),)
    names = network_names(compared)
    work = operation_ratio(compared, convention)
    params, depth = compared.total("params"), compared.total("depth")
    costs = tr("Against {first}, {second} has {params} and {work}, {layers}.").format(
        first=names[0], second=names[1], params=count_phrase(params.ratio or 1.0, tr("parameters")),
        work=count_phrase(work.ratio, work.noun), layers=_depth_phrase(depth),
    )  # fmt: skip
    saved, peak = compared.total("kept_bytes"), compared.total("peak_activation_bytes")
    memory = tr("Saved for backward: {saved}. Peak activation memory: {peak}.").format(
        saved=_both_values(saved), peak=_both_values(peak)
    )
    if compared.times is None:
        last = tr("Measure both to see which is faster.")
    else:
        sentences = speed_sentence(compared.times, work, names), *timing_sentences(compared.times)
        last = " ".join(filter(None, sentences))
    return costs, memory, last


def _depth_phrase(depth: FigurePair) -> str:
    same, other = tr("at the same depth of {first:,.0f}"), tr("at depth {second:,.0f} instead of {first:,.0f}")
    return (same if depth.first == depth.second else other).format(first=depth.first, second=depth.second)


def _both_values(pair: FigurePair) -> str:
    """Return the figure of the second network against the first's."""
    first, second = figure_text(pair.name, pair.first), figure_text(pair.name, pair.second)
    text = tr("{second} in both") if first == second else tr("{second} against {first}")
    return text.format(first=first, second=second)


def field_sentence(compared: NetworkComparison) -> str:
    """Return a line with both networks and the fields of the spec that differ, with both values."""
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
    """Return a sentence with the numbers of layers that are the same, changed, added and removed."""
    if not compared.fields:
        return tr("The two networks are the same: no difference in {n} layers.").format(n=f"{len(compared.layers):,}")
    texts: dict[Change, str] = {
        "changed": tr("{n} layers changed"), "added": tr("{n} added"), "removed": tr("{n} removed"),
        "same": tr("{n} the same"),
    }  # fmt: skip
    counts = (text.format(n=f"{n:,}") for change, text in texts.items() if (n := compared.count(change)))
    return tr("From the first to the second: {counts}.").format(counts=", ".join(counts))
