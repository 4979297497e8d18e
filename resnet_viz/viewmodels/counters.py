"""The totals of all counters as texts: a line for each counter, and an explanation of each."""

from collections.abc import Collection
from typing import Literal

import msgspec

from resnet_viz.counters.published import figure_sentence
from resnet_viz.counters.rules import NEVER_RUN
from resnet_viz.records.counters import CounterReport, CounterRow
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text.numbers import UNKNOWN, byte_size, exact, short

TextColor = Literal["ok", "error", "text_muted"]
"""A color of the theme."""


class CounterLine(msgspec.Struct, frozen=True):
    """One counter's row as texts.

    `crosscheck` is in a word whether the counter itself, run here, has the same total, `crosscheck_sentence` the same
    in full, and `crosscheck_color` its color. `parts` are the breakdown by kind as names and amounts, `sources` a
    sentence for each published figure.
    """

    row: CounterRow
    total: str
    exact: str
    difference: str
    published: str
    crosscheck: str
    crosscheck_sentence: str
    crosscheck_color: TextColor
    parts: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]


def counter_lines(report: CounterReport, waiting: Collection[str] = ()) -> tuple[CounterLine, ...]:
    """Describe every row of the report; the counters of `waiting` have been asked and not yet answered."""
    return tuple(_line(row, waiting) for row in report.rows)


def headings() -> dict[str, str]:
    """Return the headings of tool, quantity, exact, difference, published and crosscheck, each with a description."""
    return {
        tr("counter"): tr("The program or publication that counts"),
        tr("quantity"): tr("The counter's own name for its total"),
        tr("total"): tr("The total by the counter's own rules, computed from our records"),
        tr("difference"): tr("The total less the plain MACs; for torchsummary's sizes, less the outputs of all layers"),
        tr("published"): tr("The figures published of exactly this network and input"),
        tr("run here"): tr("The result of the counter itself, where it is installed"),
    }


def explanation(line: CounterLine) -> str:
    """Explain a counter's total: its cross-check, its rule, the breakdown by kind, and the published figures."""
    parts = [" · ".join(f"{kind} {count}" for kind, count in line.parts)] if line.parts else []
    title = tr("{tool} · {quantity} · {total} · {crosscheck}").format(
        tool=line.row.tool, quantity=line.row.quantity, total=line.total, crosscheck=line.crosscheck_sentence
    )
    return "\n".join([title, line.row.sentence, *parts, *line.sources])


def _line(row: CounterRow, waiting: Collection[str]) -> CounterLine:
    crosscheck, sentence, color = _crosscheck_texts(row, waiting)
    return CounterLine(
        row=row,
        total=byte_size(row.count) if row.unit == "bytes" else short(row.count),
        exact=exact(row.count),
        difference=_signed(row.difference),
        published=row.published or UNKNOWN,
        crosscheck=crosscheck,
        crosscheck_sentence=sentence,
        crosscheck_color=color,
        parts=tuple((part.kind, _signed(part.count)) for part in row.parts),
        sources=tuple(figure_sentence(published) for published in row.printed),
    )


def _crosscheck_texts(row: CounterRow, waiting: Collection[str]) -> tuple[str, str, TextColor]:
    result = row.crosscheck
    if result is None and row.tool in waiting:
        return "…", tr("running …"), "text_muted"
    if row.tool in NEVER_RUN:
        return UNKNOWN, tr("a publication, no program to run"), "text_muted"
    if result is None or result.count is None:
        return tr("not run"), tr("not run here") if result is None else result.sentence, "text_muted"
    if result.agrees:
        return tr("✓ same"), tr("✓ version {version} has the same total").format(version=result.version), "ok"
    total = exact(result.count)
    return f"✗ {total}", tr("✗ version {version} has {n}").format(version=result.version, n=total), "error"


def _signed(count: int) -> str:
    """Write a count with its sign: `+54,120`, `−231,211,008`."""
    return f"+{count:,}" if count > 0 else f"{count:,}".replace("-", "−")
