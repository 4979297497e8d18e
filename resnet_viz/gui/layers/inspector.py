"""The inspector: facts about the chosen layer, block or stage, and the reasons for its numbers."""

import re
from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from resnet_viz.gui.shown import Changed, Shown
from resnet_viz.gui.widgets.labels import Label, RichLabel, RichText, rich
from resnet_viz.gui.widgets.layouts import column, named, row, scroll_down_only
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.layers.details import Details, details, overview, with_facts
from resnet_viz.viewmodels.layers.kernels import kernel_facts
from resnet_viz.viewmodels.measure import input_facts, latency_facts
from resnet_viz.viewmodels.parts import Fact, Reason

SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
MAX_ONE_LINE_CHARS = 17  # of a value with its note; a longer note stands below its value, and both may wrap
MAX_NAME_CHARS = 15  # a longer name of a fact may take a second line


class Inspector(QScrollArea):
    """Shows the details of the chosen node, or of the whole network."""

    def __init__(self) -> None:
        super().__init__()
        scroll_down_only(self)
        self.setAccessibleName(tr("Inspector"))
        self._shown: Details | None = None
        self._figures: list[tuple[Label, Label]] = []
        self.show_details(None)

    def display(self, shown: Shown, changed: Changed) -> None:
        """Show the chosen node, or the whole network where none is chosen."""
        analysis, costs = shown.analysis, shown.costs
        if analysis is None or costs is None:
            self.show_details(None)
            return
        chosen = details(analysis, costs, shown.selection) if shown.selection else None
        page = chosen or overview(analysis, costs, title_of(analysis.spec))
        node_id = shown.selection if chosen else None
        times: tuple[Fact, ...] = ()
        if shown.run is not None:
            times = (*latency_facts(shown.run, shown.other, node_id), *kernel_facts(shown.run, node_id))
            times = (*input_facts(shown.run, analysis), *times)
        self.show_details(with_facts(page, times))

    def show_details(self, details: Details | None) -> None:
        """Show details, or a sentence on when there will be some."""
        if _differs_in_figures_alone(self._shown, details):
            self._update(details)
            return
        self._shown, self._figures = details, []
        content = QWidget()
        content.setObjectName("inspectorContent")
        parts = column(owner=content, margins=(14, 8, 14, 14), spacing=4)
        if details is None:
            parts.addWidget(_text("muted", tr("The network's numbers appear here as soon as it is traced.")))
        else:
            self._figures = _fill(parts, details)
        parts.addStretch(1)
        self.setWidget(content)
        self.setAccessibleDescription(_accessible_text(details))

    def _update(self, details: Details | None) -> None:
        """Write other values into the labels there are: creating new ones at each update of a run would be slow."""
        assert details is not None
        for fact, (value, note) in zip(details.facts, self._figures, strict=True):
            value.setText(_breakable(fact.value))
            note.setText(_breakable(fact.note))
            note.setHidden(not fact.note)
        self._shown = details
        self.setAccessibleDescription(_accessible_text(details))


def _differs_in_figures_alone(before: Details | None, after: Details | None) -> bool:
    if before is None or after is None:
        return False
    without_values = [
        msgspec.structs.replace(details, facts=tuple(Fact(fact.name, "", "", fact.strong) for fact in details.facts))
        for details in (before, after)
    ]
    if without_values[0] != without_values[1]:
        return False
    return all(_is_long(old) == _is_long(new) for old, new in zip(before.facts, after.facts, strict=True))


def _is_long(fact: Fact) -> bool:
    return len(fact.value) + len(fact.note) > MAX_ONE_LINE_CHARS


def _fill(parts: QVBoxLayout, details: Details) -> list[tuple[Label, Label]]:
    """Lay the details out and return the labels of the facts' values and notes."""
    parts.addWidget(_text("panelHeading", details.title))
    parts.addWidget(_text("muted", details.subtitle))
    parts.addSpacing(6)
    figures = [
        (_text("factStrong" if fact.strong else "fact", fact.value), _text("muted", fact.note))
        for fact in details.facts
    ]
    parts.addLayout(_facts(details.facts, figures))
    for reason in details.reasons:
        parts.addSpacing(8)
        _add_reason(parts, reason)
    if details.purpose:
        parts.addSpacing(10)
        parts.addWidget(_text("muted", details.purpose))
    return figures


def _facts(facts: Sequence[Fact], figures: Sequence[tuple[Label, Label]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    for line_index, (fact, (value, note)) in enumerate(zip(facts, figures, strict=True)):
        name = _text("muted", fact.name)
        name.setWordWrap(len(fact.name) > MAX_NAME_CHARS)
        grid.addWidget(name, line_index, 0, Qt.AlignmentFlag.AlignTop)
        wraps = _is_long(fact)
        value.setWordWrap(wraps)
        note.setWordWrap(wraps)
        if wraps:
            note.setHidden(not fact.note)
            grid.addLayout(column(value, note), line_index, 1)
        else:
            line = row(value, note, spacing=8)
            line.addStretch(1)
            grid.addLayout(line, line_index, 1)
    return grid


def _add_reason(parts: QVBoxLayout, reason: Reason) -> None:
    parts.addWidget(_text("question", reason.question))
    parts.addWidget(_rich_text("muted", _with_subscripts(reason.formula)))
    for line in reason.worked:
        parts.addWidget(_rich_text("worked", _with_strong_result(line)))
    if reason.note:
        parts.addWidget(_text("muted", reason.note))


def _with_subscripts(formula: str) -> RichText:
    """Write `C_in` with a subscript."""
    parts = re.split(r"_(\w+)", _breakable(formula))
    return RichText("".join(rich("<sub>{part}</sub>" if index % 2 else "{part}", part=part)
                            for index, part in enumerate(parts)))  # fmt: skip


def _with_strong_result(line: str) -> RichText:
    """Write the result, after the last equals sign, in bold."""
    before, sign, result = _breakable(line).rpartition(" = ")
    return rich("{before}{sign}<b>{result}</b>" if sign else "{result}", before=before, sign=sign, result=result)


def _text(name: str, text: str) -> Label:
    label = named(name, _breakable(text), wraps=True)
    label.setTextInteractionFlags(SELECTABLE)
    return label


def _rich_text(name: str, text: RichText) -> RichLabel:
    label = RichLabel(text)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextInteractionFlags(SELECTABLE)
    return label


def _breakable(text: str) -> str:
    """Allow a line break after each sign of a long shape, product or name."""
    return re.sub(r"\S{16,}", lambda word: re.sub(r"([×+·=_])", "\\1\u200b", word[0]), text)


def _accessible_text(details: Details | None) -> str:
    if details is None:
        return ""
    facts = ", ".join(f"{fact.name} {fact.value}" for fact in details.facts)
    return f"{details.title}, {details.subtitle}: {facts}"
