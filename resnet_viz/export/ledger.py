"""What `ledger` prints for a reader: every counter's total, what explains it, and in one sentence why."""

from resnet_viz.export.graphs import shape_text
from resnet_viz.export.tables import NOTHING, Column, Table, text_table
from resnet_viz.metrics.ledger import NEVER_RUN, Ledger, LedgerRow
from resnet_viz.metrics.published import printed_sentence
from resnet_viz.presets import title_of
from resnet_viz.texts import tr

MEBIBYTE = 1024**2


def ledger_report(ledger: Ledger) -> str:
    """The whole page, its parts divided by empty lines."""
    title = f"{title_of(ledger.spec)} · {shape_text(ledger.spec.input, '×')}"
    plain = tr("{n} MACs: the multiply-adds of convolutions and the classifier, bias not counted")
    operations = [row for row in ledger.rows if row.unit == "operations"]
    sizes = [row for row in ledger.rows if row.unit == "bytes"]
    parts = [title, plain.format(n=f"{ledger.macs:,}"), text_table(_table(operations, tr("beyond the MACs")))]
    parts.append(text_table(_table(sizes, tr("beyond the outputs"))))
    parts += ["\n".join(_explained(row)) for row in ledger.rows]
    return "\n\n".join(parts) + "\n"


def amount(row: LedgerRow, count: int) -> str:
    """A count of the row with its thousands separated; bytes as MiB with two digits, as torchsummary prints them."""
    return f"{count / MEBIBYTE:,.2f} MiB" if row.unit == "bytes" else f"{count:,}"


def verdict(row: LedgerRow) -> str:
    """Whether the counter itself, run on this machine, found the same."""
    opinion = row.opinion
    if row.tool in NEVER_RUN:
        return NOTHING
    if opinion is None or opinion.count is None:
        return tr("not run")
    if opinion.agrees:
        return tr("✓ {version} finds the same").format(version=opinion.version)
    return tr("✗ {version} finds {n}").format(version=opinion.version, n=f"{opinion.count:,}")


def _table(rows: list[LedgerRow], beyond: str) -> Table:
    columns = (
        Column("tool", tr("counter")),
        Column("quantity", tr("calls it")),
        Column("count", tr("total"), numeric=True),
        Column("difference", beyond, numeric=True),
        Column("published", tr("printed")),
        Column("verdict", tr("run here")),
    )
    return Table("", columns, tuple(_cells(row) for row in rows), {})


def _cells(row: LedgerRow) -> tuple[str, ...]:
    difference = amount(row, row.difference)
    sign = "+" if row.difference > 0 else ""
    return row.tool, row.quantity, amount(row, row.count), sign + difference, row.published or NOTHING, verdict(row)


def _explained(row: LedgerRow) -> list[str]:
    signed = (f"{part.kind} {'+' if part.count > 0 else ''}{amount(row, part.count)}" for part in row.parts)
    told = [printed_sentence(found) for found in row.printed]
    if row.opinion is not None and row.opinion.count is None:
        told.append(row.opinion.sentence)
    return [f"{row.tool} · {row.quantity}", f"  {row.sentence}", *(f"  {text}" for text in (*signed, *told))]
