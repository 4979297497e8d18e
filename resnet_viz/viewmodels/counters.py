"""The ledger as the window shows it: a line for each counter, and what explains the chosen one."""

from collections.abc import Collection
from typing import Literal

import msgspec

from resnet_viz.counters.published import printed_sentence
from resnet_viz.counters.rules import NEVER_RUN
from resnet_viz.records.counters import CounterReport, CounterRow
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text.numbers import UNKNOWN, byte_size, exact, short

Tone = Literal["ok", "error", "muted"]


class CounterLine(msgspec.Struct, frozen=True):
    """One counter's row as texts: the total, what is beyond the plain count, and whether the counter itself, run here,
    found the same: `run` in a word, `verdict` in full.

    `parts` is the breakdown by kind as names and texts, `sources` a sentence for each printed figure.
    """

    row: CounterRow
    total: str
    exact: str
    beyond: str
    printed: str
    run: str
    verdict: str
    tone: Tone
    parts: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]


def counter_lines(ledger: CounterReport, waiting: Collection[str] = ()) -> tuple[CounterLine, ...]:
    """Every row of the ledger as texts; the counters of `waiting` are still being asked."""
    return tuple(_line(row, waiting) for row in ledger.rows)


def headings() -> dict[str, str]:
    """Of the columns tool, quantity, exact, beyond, printed and run, each with a sentence on what stands there."""
    return {
        tr("counter"): tr("Who counts"),
        tr("calls it"): tr("What the counter calls its total"),
        tr("total"): tr("The total by the counter's own rules, counted from our records"),
        tr("beyond"): tr("The total less the plain MACs; of torchsummary's sizes, less what the layers put out"),
        tr("printed"): tr("The figures that others have printed of exactly this network and input"),
        tr("run here"): tr("What the counter itself says, where it is installed"),
    }


def explained(line: CounterLine) -> str:
    """What explains a counter's total: who says it, why it is so, the breakdown by kind, and where it was printed."""
    parts = [" · ".join(f"{kind} {count}" for kind, count in line.parts)] if line.parts else []
    title = tr("{tool} · {quantity} · {total} · {verdict}").format(
        tool=line.row.tool, quantity=line.row.quantity, total=line.total, verdict=line.verdict
    )
    return "\n".join([title, line.row.sentence, *parts, *line.sources])


def _line(row: CounterRow, waiting: Collection[str]) -> CounterLine:
    run, verdict, tone = _verdict(row, waiting)
    return CounterLine(
        row=row,
        total=byte_size(row.count) if row.unit == "bytes" else short(row.count),
        exact=exact(row.count),
        beyond=_signed(row.difference),
        printed=row.published or UNKNOWN,
        run=run,
        verdict=verdict,
        tone=tone,
        parts=tuple((part.kind, _signed(part.count)) for part in row.parts),
        sources=tuple(printed_sentence(found) for found in row.printed),
    )


def _verdict(row: CounterRow, waiting: Collection[str]) -> tuple[str, str, Tone]:
    opinion = row.opinion
    if opinion is None and row.tool in waiting:
        return "…", tr("being asked …"), "muted"
    if row.tool in NEVER_RUN:
        return UNKNOWN, tr("nothing to run: its figures are printed"), "muted"
    if opinion is None or opinion.count is None:
        return tr("not run"), tr("not run here") if opinion is None else opinion.sentence, "muted"
    if opinion.agrees:
        return tr("✓ same"), tr("✓ {version} finds the same").format(version=opinion.version), "ok"
    found = exact(opinion.count)
    return f"✗ {found}", tr("✗ {version} finds {n}").format(version=opinion.version, n=found), "error"


def _signed(count: int) -> str:
    """`+54,120`, `−231,211,008`."""
    return f"+{count:,}" if count > 0 else f"{count:,}".replace("-", "−")
