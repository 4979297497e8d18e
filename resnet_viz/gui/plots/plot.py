"""Building blocks of the charts: plots and axes in the theme's colors, color keys, and a row of controls."""

from collections.abc import Sequence
from math import ceil, log10
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QToolTip, QVBoxLayout, QWidget

from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.labels import Label, RichLabel, RichText, rich, tooltip
from resnet_viz.gui.widgets.layouts import column, muted, row

TITLE_ALIGNMENT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def make_plot() -> Any:
    """Create a plot without pyqtgraph's own menus and buttons."""
    pyqtgraph.setConfigOptions(antialias=True)
    plot = pyqtgraph.PlotWidget(axisItems={side: NumberAxis(side) for side in ("left", "right")})
    plot.hideAxis("right")
    plot.setFrameShape(QFrame.Shape.NoFrame)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.getPlotItem().setContentsMargins(2, 2, 40, 2)
    return plot


class NumberAxis(pyqtgraph.AxisItem):  # type: ignore[misc]
    """An axis that writes numbers like the rest of the window: `1,500`, `−0.5`."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # Qt override
        """Format the ticks' numbers with as many decimals as their spacing needs."""
        if self.logMode:
            return list(super().tickStrings(values, scale, spacing))
        places = max(0, ceil(-log10(spacing * scale)))
        return [f"{value * scale:,.{places}f}".replace("-", "−") for value in values]


def paint_axes(plot: Any, theme: Theme, *names: str) -> None:
    """Paint background and axes in the theme's colors."""
    plot.setBackground(theme.color("canvas"))
    for name in names:
        axis = plot.getPlotItem().getAxis(name)
        axis.setPen(pyqtgraph.mkPen(theme.color("border_strong")))
        axis.setTextPen(pyqtgraph.mkPen(theme.color("text_muted")))
        axis.setTickFont(small_font(plot.font()))
        keep_units(axis)


def keep_units(axis: Any) -> None:
    """Keep an axis from scaling its numbers by an SI prefix; must be called again after each new label.

    enableAutoSIPrefix(False) alone applies a prefix once more while it switches them off: 0.1 ms would read as 100.
    """
    axis.setSIPrefixEnableRanges(())
    axis.enableAutoSIPrefix(False)


def small_font(font: QFont) -> QFont:
    """Return a slightly smaller font, for axes and captions."""
    smaller = QFont(font)
    smaller.setPointSizeF(max(7.0, font.pointSizeF() - 1.5))
    return smaller


class ElidedLabel(Label):
    """A line of text that is cut with an ellipsis where there is too little room; its tooltip has all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("muted")
        self.setMinimumWidth(40)

    def show_text(self, text: str) -> None:
        """Show a text, all of it in the tooltip too."""
        self.setText(text)
        self.setToolTip(tooltip(text))

    def minimumSizeHint(self) -> QSize:  # Qt override
        """Allow the label to become narrower than its text."""
        return QSize(40, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt override
        """Draw as much of the text as fits."""
        painter = QPainter(self)
        fitting = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), TITLE_ALIGNMENT, fitting)
        painter.end()


def color_key_text(entries: Sequence[tuple[str, str]], theme: Theme) -> RichText:
    """Return colored squares with their names as rich text."""
    square = '<span style="color:{color}">■</span> {name}'
    squares = (rich(square, color=theme.color(color).name(), name=name) for color, name in entries)
    return RichText("&nbsp;&nbsp; ".join(squares))


class ColorKey(RichLabel):
    """Colored squares with their names at the upper right of a plot."""

    def __init__(self, plot: QWidget) -> None:
        super().__init__(parent=plot)
        self._plot = plot
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_key(self, entries: Sequence[tuple[str, str]], theme: Theme) -> None:
        """Show these colors and names; hide the key if there are none."""
        self.setText(color_key_text(entries, theme))
        self.setVisible(bool(entries))
        self.reposition()

    def reposition(self) -> None:
        """Move to the upper right corner of the plot, above the bars."""
        self.adjustSize()
        self.move(self._plot.width() - self.width() - 56, 0)


def control_row(*widgets: QWidget) -> QVBoxLayout:
    """Lay out controls in a row; an ElidedLabel and the widgets after it get a second row below."""
    cut = next((index for index, widget in enumerate(widgets) if isinstance(widget, ElidedLabel)), len(widgets))
    first = row(*widgets[:cut], spacing=8)
    if cut:
        first.addStretch(1)
    second = row(*((widget, int(isinstance(widget, ElidedLabel))) for widget in widgets[cut:]), spacing=8)
    return column(first, second, margins=(8, 4, 8, 2), spacing=2)


def empty_label(plot: QWidget) -> Label:
    """Create the label over an empty plot."""
    label = muted(wraps=True)
    label.setParent(plot)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label


def show_tooltip(plot: Any, text: str, position: QPoint) -> None:
    """Show a tooltip beside the pointer, or hide it if the text is empty."""
    if text:
        QToolTip.showText(plot.viewport().mapToGlobal(position), tooltip(text), plot)
    else:
        QToolTip.hideText()
