"""What the charts share: a plot in the theme's colors, a bar of controls, pictures and tables as files."""

from collections.abc import Sequence
from math import ceil, log10
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QToolTip, QVBoxLayout, QWidget

from resnet_viz.gui.theme import Theme
from resnet_viz.gui.widgets.layouts import column, muted, row

TITLE_ALIGNMENT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def make_plot() -> Any:
    """A plot without pyqtgraph's own menus and buttons."""
    pyqtgraph.setConfigOptions(antialias=True)
    plot = pyqtgraph.PlotWidget(axisItems={side: NumberAxis(side) for side in ("left", "right")})
    plot.hideAxis("right")
    plot.setFrameShape(QFrame.Shape.NoFrame)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.getPlotItem().setContentsMargins(2, 2, 40, 2)
    return plot


class NumberAxis(pyqtgraph.AxisItem):  # type: ignore[misc]
    """An axis whose numbers are written as everywhere in the window: `1,500`, `−0.5`."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # Qt override
        """The numbers with as many decimals as tell them apart."""
        if self.logMode:
            return list(super().tickStrings(values, scale, spacing))
        places = max(0, ceil(-log10(spacing * scale)))
        return [f"{value * scale:,.{places}f}".replace("-", "−") for value in values]


def paint_axes(plot: Any, theme: Theme, *names: str) -> None:
    """Background and axes in the theme's colors."""
    plot.setBackground(theme.color("canvas"))
    for name in names:
        axis = plot.getPlotItem().getAxis(name)
        axis.setPen(pyqtgraph.mkPen(theme.color("border_strong")))
        axis.setTextPen(pyqtgraph.mkPen(theme.color("text_muted")))
        axis.setTickFont(small_font(plot.font()))
        keep_units(axis)


def keep_units(axis: Any) -> None:
    """Let an axis write its numbers in the unit of its label; to be said again after each new label.

    enableAutoSIPrefix(False) alone applies a prefix once more as it switches them off: 0.1 ms would read as 100.
    """
    axis.setSIPrefixEnableRanges(())
    axis.enableAutoSIPrefix(False)


def small_font(font: QFont) -> QFont:
    """The font a little smaller, for axes and captions."""
    made = QFont(font)
    made.setPointSizeF(max(7.0, font.pointSizeF() - 1.5))
    return made


class ElidedLabel(QLabel):
    """The line that says what is drawn, cut with an ellipsis where there is little room."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("muted")
        self.setMinimumWidth(40)

    def show_text(self, text: str) -> None:
        """Show it, whole on demand."""
        self.setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:  # Qt override
        """It can always become narrower."""
        return QSize(40, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt override
        """As much as fits."""
        painter = QPainter(self)
        fitting = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), TITLE_ALIGNMENT, fitting)
        painter.end()


def color_key_text(entries: Sequence[tuple[str, str]], theme: Theme) -> str:
    """Colored squares with their names, for a label."""
    squares = (f'<span style="color:{theme.color(color).name()}">■</span> {name}' for color, name in entries)
    return "&nbsp;&nbsp; ".join(squares)


class ColorKey(QLabel):
    """Colored squares with their names, at the right of a plot, `down` (0 to 1) below its upper edge."""

    def __init__(self, plot: QWidget, down: float) -> None:
        super().__init__(plot)
        self._plot, self._down = plot, down
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_key(self, entries: Sequence[tuple[str, str]], theme: Theme) -> None:
        """Show these, or nothing."""
        self.setText(color_key_text(entries, theme))
        self.setVisible(bool(entries))
        self.place()

    def place(self) -> None:
        """Where nothing is drawn."""
        self.adjustSize()
        self.move(self._plot.width() - self.width() - 56, round(self._down * self._plot.height()))


def control_row(*widgets: QWidget) -> QVBoxLayout:
    """A slim row of controls; a title, and the buttons behind it, have a row of their own below."""
    cut = next((place for place, widget in enumerate(widgets) if isinstance(widget, ElidedLabel)), len(widgets))
    first = row(*widgets[:cut], spacing=8)
    if cut:
        first.addStretch(1)
    second = row(*((widget, int(isinstance(widget, ElidedLabel))) for widget in widgets[cut:]), spacing=8)
    return column(first, second, margins=(8, 4, 8, 2), spacing=2)


def empty_label(plot: QWidget) -> QLabel:
    """The sentence over a plot with nothing in it."""
    label = muted(wraps=True)
    label.setParent(plot)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label


def show_tooltip(plot: Any, tip: str, place: QPoint) -> None:
    """Show a tip beside the pointer, or take it away."""
    if tip:
        QToolTip.showText(plot.viewport().mapToGlobal(place), tip, plot)
    else:
        QToolTip.hideText()
