"""What the charts share: a plot in the theme's colours, a bar of controls, pictures and tables as files."""

from collections.abc import Callable
from pathlib import Path

import pyqtgraph
from PySide6.QtCore import QBuffer, QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QToolButton, QToolTip, QWidget

from resnet_viz.errors import UserError
from resnet_viz.export.writing import check_place, write_whole
from resnet_viz.gui.theme import Theme
from resnet_viz.texts import tr

SCALE = 2  # pixels of a saved picture for each on the screen
Failed = Callable[[str], object]


def make_plot() -> "pyqtgraph.PlotWidget":
    """A plot without pyqtgraph's own menus and buttons."""
    pyqtgraph.setConfigOptions(antialias=True)
    plot = pyqtgraph.PlotWidget()
    plot.setFrameShape(QFrame.Shape.NoFrame)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.getPlotItem().setContentsMargins(2, 2, 40, 2)
    return plot


def paint_axes(plot: "pyqtgraph.PlotWidget", theme: Theme, *names: str) -> None:
    """Background and axes in the theme's colours."""
    plot.setBackground(theme.color("canvas"))
    for name in names:
        axis = plot.getPlotItem().getAxis(name)
        axis.setPen(pyqtgraph.mkPen(theme.color("border_strong")))
        axis.setTextPen(pyqtgraph.mkPen(theme.color("text_muted")))
        axis.setTickFont(small(plot.font()))
        axis.enableAutoSIPrefix(False)


def small(font: QFont) -> QFont:
    """The font a little smaller, for axes and captions."""
    made = QFont(font)
    made.setPointSizeF(max(7.0, font.pointSizeF() - 1.5))
    return made


def mixed(theme: Theme, name: str, part: float) -> QColor:
    """A named colour mixed with the canvas."""
    over, under = theme.color(name), theme.color("canvas")
    return QColor.fromRgbF(
        over.redF() * part + under.redF() * (1 - part),
        over.greenF() * part + under.greenF() * (1 - part),
        over.blueF() * part + under.blueF() * (1 - part),
    )


def controls(*widgets: QWidget) -> QHBoxLayout:
    """A slim row of controls, the room left over in its middle."""
    row = QHBoxLayout()
    row.setContentsMargins(8, 4, 8, 2)
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget, 1 if isinstance(widget, QLabel) else 0)
    return row


def small_button(text: str, tip: str, deed: Callable[[], object]) -> QToolButton:
    """A flat button of the row of controls."""
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAutoRaise(True)
    button.clicked.connect(lambda: deed())
    return button


def title_label() -> QLabel:
    """The line that says what is drawn; it gives way where there is little room."""
    label = QLabel()
    label.setObjectName("muted")
    label.setMinimumWidth(40)
    return label


def empty_label(plot: "pyqtgraph.PlotWidget") -> QLabel:
    """The sentence over a plot with nothing in it."""
    label = QLabel(plot)
    label.setObjectName("muted")
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    return label


def tell(plot: "pyqtgraph.PlotWidget", tip: str, place: QPoint) -> None:
    """Show a tip beside the pointer, or take it away."""
    if tip:
        QToolTip.showText(plot.viewport().mapToGlobal(place), tip, plot)
    else:
        QToolTip.hideText()


def save_picture(plot: "pyqtgraph.PlotWidget", path: Path) -> None:
    """Write the plot as .svg or .png, whole or not at all; raises UserError."""
    check_place(path)
    suffix = path.suffix.lower()
    if suffix not in (".svg", ".png"):
        raise UserError(tr("{path}: the suffix '{suffix}' is not accepted; give .png or .svg.").format(
            path=path, suffix=path.suffix))  # fmt: skip
    if suffix == ".svg":
        write_whole(path, _as_svg(plot))
        return
    draft = path.with_name(f".{path.name}.part.png")
    try:
        if not _as_image(plot).save(str(draft)):
            raise UserError(tr("{path} cannot be written.").format(path=path))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _as_image(plot: "pyqtgraph.PlotWidget") -> QImage:
    """The plot at twice its size on the screen."""
    picture = QImage(plot.size() * SCALE, QImage.Format.Format_ARGB32)
    picture.setDevicePixelRatio(SCALE)
    painter = QPainter(picture)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    plot.render(painter, QRectF(plot.rect()), plot.rect())
    painter.end()
    return picture


def _as_svg(plot: "pyqtgraph.PlotWidget") -> str:
    """The plot as vectors, its texts as texts; pyqtgraph's own exporter stumbles over the paths of newer Qt."""
    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(plot.size())
    generator.setViewBox(plot.rect())
    painter = QPainter(generator)
    plot.render(painter, QRectF(plot.rect()), plot.rect())
    painter.end()
    return bytes(buffer.data().data()).decode()


def ask_and_save(parent: QWidget, suggested: str, forms: str, save: Callable[[Path], object], failed: Failed) -> None:
    """Ask for a place and save there; trouble is told as a sentence."""
    name, chosen = QFileDialog.getSaveFileName(parent, tr("Save"), suggested, forms)
    if not name:
        return
    path = Path(name)
    try:
        save(path if path.suffix else path.with_suffix(chosen.lstrip("*")))
    except UserError as error:
        failed(str(error))
