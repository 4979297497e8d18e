"""The source view shows the network's source with syntax highlighting and keeps its scroll position."""

from pytestqt.qtbot import QtBot

from resnet_viz.export.pytorch_source import source_code
from resnet_viz.gui.source_code import SourceCodeView
from resnet_viz.gui.theme import load_theme
from resnet_viz.spec.presets import preset


def test_the_source_is_shown_highlighted_in_the_themes_colors(qtbot: QtBot) -> None:
    view = SourceCodeView()
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.show()
    view.show_spec(preset("resnet50"))
    assert view.toPlainText() == source_code(preset("resnet50"))
    light = {color_at(view, "class Bottleneck", 0), color_at(view, "1×1 reduces", 0), color_at(view, "class Bott", 6)}
    assert len(light) == 3
    assert color_at(view, "Return the network, ready", 0) == color_at(view, "1×1 reduces", 0)
    view.set_theme(load_theme("dark"))
    assert color_at(view, "class Bottleneck", 0) not in light
    view.verticalScrollBar().setValue(20)
    view.show_spec(preset("resnet101"))
    assert view.verticalScrollBar().value() == 20


def color_at(view: SourceCodeView, text: str, offset: int) -> str:
    """The color of the character at an offset from a text of the source."""
    place = view.toPlainText().index(text) + offset
    block = view.document().findBlock(place)
    for found in block.layout().formats():
        if found.start <= place - block.position() < found.start + found.length:
            return found.format.foreground().color().name()
    return ""
