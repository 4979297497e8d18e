"""The table of all actions, which feeds menus, toolbar and the list of shortcuts."""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar

from resnet_viz.gui.theme import CHOICES
from resnet_viz.gui.widgets.labels import tooltip
from resnet_viz.gui.window.commands import Commands
from resnet_viz.metrics.conventions import CONVENTIONS
from resnet_viz.texts import tr
from resnet_viz.viewmodels.canvas.coloring import color_names
from resnet_viz.viewmodels.text.conventions import count_label


class ActionRow(msgspec.Struct, frozen=True):
    """One action: `icon` names an icon of the desktop's theme, `tool` is its text in the toolbar, empty for none.

    A row with `rule` has a separator above it; one with `checked` shows a check mark while that returns True.
    """

    name: str
    menu: str
    text: str
    icon: str
    key: str
    callback: Callable[[], object]
    tool: str = ""
    rule: bool = False
    checked: Callable[[], bool] | None = None


def action_table(commands: Commands) -> tuple[ActionRow, ...]:
    """Every action of the window, in the order of its menus."""
    return (
        *_file_rows(commands),
        *_edit_rows(commands),
        *_view_rows(commands),
        *_measure_rows(commands),
        *_help_rows(commands),
    )


class Actions:
    """The rows of the action table as Qt actions in the menus and the toolbar."""

    def __init__(self, rows: Sequence[ActionRow], window: QMainWindow) -> None:
        self.rows = tuple(rows)
        self._actions = {row.name: _make(row, window) for row in rows}
        self._fill_menus(window)
        self.toolbar = self._fill_toolbar(window)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def enable(self, **enabled: bool) -> None:
        """Enable or disable actions by name."""
        for name, is_enabled in enabled.items():
            self._actions[name].setEnabled(is_enabled)

    def refresh_ticks(self) -> None:
        """Update the check mark of every checkable action."""
        for row in self.rows:
            if row.checked is not None:
                self._actions[row.name].setChecked(row.checked())

    def _fill_menus(self, window: QMainWindow) -> None:
        menus: dict[str, QMenu] = {}
        for row in self.rows:
            path = row.menu.split("/")
            title = path[0]
            if title not in menus:
                menus[title] = window.menuBar().addMenu(title)
                menus[title].aboutToShow.connect(self.refresh_ticks)
            menu = menus[title]
            if row.rule:
                menu.addSeparator()
            if len(path) > 1:
                if row.menu not in menus:
                    menus[row.menu] = menu.addMenu(path[1])
                menu = menus[row.menu]
            menu.addAction(self._actions[row.name])

    def _fill_toolbar(self, window: QMainWindow) -> QToolBar:
        toolbar = QToolBar(tr("Toolbar"), window)
        toolbar.setObjectName("toolbar")
        toolbar.setMovable(False)
        menu = ""
        for row in self.rows:
            if not row.tool:
                continue
            if menu and (row.menu != menu or row.rule):
                toolbar.addSeparator()
            menu = row.menu
            action = self._actions[row.name]
            action.setIconText(row.tool)
            toolbar.addAction(action)
        window.addToolBar(toolbar)
        return toolbar


def shortcut_list(rows: Sequence[ActionRow]) -> tuple[tuple[str, str], ...]:
    """Return the text and the key of every action that has a key."""
    native = QKeySequence.SequenceFormat.NativeText
    return tuple((row.text.rstrip("…"), QKeySequence(row.key).toString(native)) for row in rows if row.key)


def _make(row: ActionRow, window: QMainWindow) -> QAction:
    action = QAction(row.text, window)
    action.setObjectName(row.name)
    if row.icon:
        action.setIcon(QIcon.fromTheme(row.icon))
    if row.key:
        action.setShortcut(QKeySequence(row.key))
    tip = f"{row.text.rstrip('…')}  {action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)}".strip()
    action.setToolTip(tooltip(tip))
    if row.checked is not None:
        action.setCheckable(True)
    action.triggered.connect(lambda *_: row.callback())
    return action


def _is(read: Callable[[], object], value: object) -> Callable[[], bool]:
    """Return a check that is true while `read` returns `value`."""
    return lambda: read() == value


def _file_rows(commands: Commands) -> tuple[ActionRow, ...]:
    menu = tr("File")
    return (
        ActionRow("open", menu, tr("Open network…"), "document-open", "Ctrl+O", commands.open, tool=tr("Open")),
        ActionRow("save", menu, tr("Save network…"), "document-save", "Ctrl+S", commands.save, tool=tr("Save")),
        ActionRow("export", menu, tr("Export…"), "document-send", "Ctrl+E", commands.export, tool=tr("Export")),
        ActionRow("export_part", menu, tr("Export the selection…"), "", "Ctrl+Shift+E", commands.export_part),
        ActionRow("export_comparison", menu, tr("Export the two blocks…"), "", "", commands.comparisons.export),
        ActionRow("again", menu, tr("Analyze again"), "view-refresh", "F5", commands.session.reanalyse, rule=True),
        ActionRow("stop", menu, tr("Stop"), "process-stop", "Ctrl+.", commands.stop),
        ActionRow("quit", menu, tr("Quit"), "application-exit", "Ctrl+Q", commands.quit, rule=True),
    )


def _edit_rows(commands: Commands) -> tuple[ActionRow, ...]:
    menu = tr("Edit")
    return (
        ActionRow("undo", menu, tr("Undo"), "edit-undo", "Ctrl+Z", commands.session.undo, tool=tr("Undo")),
        ActionRow("redo", menu, tr("Redo"), "edit-redo", "Ctrl+Shift+Z", commands.session.redo, tool=tr("Redo")),
        ActionRow("copy", menu, tr("Copy layers"), "edit-copy", "Ctrl+C", commands.copy, rule=True),
        ActionRow("copy_picture", menu, tr("Copy picture"), "", "Ctrl+Shift+C", commands.copy_picture),
        ActionRow("find", menu, tr("Find layer"), "edit-find", "Ctrl+F", commands.find, tool=tr("Find layer")),
        ActionRow("find_next", menu, tr("Find next"), "go-down", "Ctrl+G", partial(commands.select_match, 1)),
        ActionRow(
            "find_previous", menu, tr("Find previous"), "go-up", "Ctrl+Shift+G", partial(commands.select_match, -1)
        ),
    )


def _view_rows(commands: Commands) -> tuple[ActionRow, ...]:
    menu, canvas, session = tr("View"), commands.canvas, commands.session
    themes = {"light": tr("Light"), "dark": tr("Dark"), "system": tr("Follow the system")}
    return (
        ActionRow("fit", menu, tr("Fit the network"), "zoom-fit-best", "Ctrl+0", canvas.fit, tool=tr("Fit")),
        ActionRow("zoom", menu, tr("Zoom to the selection"), "zoom-in", "Ctrl+9", canvas.zoom_to_selection),
        ActionRow("shortcut", menu, tr("Follow the shortcut or gate"), "", "Ctrl+J", canvas.follow_shortcut),
        ActionRow("stages", menu, tr("Collapse to stages"), "", "Ctrl+1", partial(canvas.show_level, "stage"),
                  tool=tr("Stages"), rule=True),
        ActionRow("blocks", menu, tr("Collapse to blocks"), "", "Ctrl+2", partial(canvas.show_level, "block"),
                  tool=tr("Blocks")),
        ActionRow("layers", menu, tr("Expand all layers"), "", "Ctrl+3", partial(canvas.show_level, "layer"),
                  tool=tr("Layers")),
        ActionRow("down", menu, tr("Top to bottom"), "", "Ctrl+4", commands.turn, checked=lambda: canvas.vertical),
        *(ActionRow(name, menu, text, "", key, partial(commands.toggle_panel, name), rule=name == "build",
                    checked=partial(commands.panel_shown, name))
          for name, text, key in (("build", tr("Build"), "F2"), ("table", tr("Layers"), "F3"),
                                  ("inspector", tr("Inspector"), "F4"), ("measure", tr("Measure"), "F7"))),
        *(ActionRow(f"color_{name}", f"{menu}/{tr('Color by')}", text, "", f"Ctrl+Alt+{place}",
                    partial(session.color_by, name), rule=name == "stage",
                    checked=_is(lambda: session.shown.color_by, name))
          for place, (name, text) in enumerate(color_names().items(), start=1)),
        *(ActionRow(f"count_{name}", f"{menu}/{tr('Count operations as')}", count_label(name).heading, "", "",
                    partial(session.set_convention, name), checked=_is(lambda: session.shown.convention, name))
          for name in CONVENTIONS),
        *(ActionRow(f"theme_{name}", f"{menu}/{tr('Theme')}", themes[name], "", "",
                    partial(commands.set_theme, name), rule=name == CHOICES[0],
                    checked=_is(lambda: commands.theme, name)) for name in CHOICES),
    )  # fmt: skip


def _measure_rows(commands: Commands) -> tuple[ActionRow, ...]:
    menu = tr("Measure")
    return (
        ActionRow("run", menu, tr("Measure latency"), "media-playback-start", "F6", commands.measure,
                  tool=tr("Measure latency")),
    )  # fmt: skip


def _help_rows(commands: Commands) -> tuple[ActionRow, ...]:
    menu, ask, read = tr("Help"), commands.help_asked.emit, commands.page_asked.emit
    return (
        ActionRow("shortcuts", menu, tr("Keyboard shortcuts"), "help-contents", "F1", partial(ask, "shortcuts")),
        ActionRow("about", menu, tr("How the numbers are counted"), "help-about", "", partial(ask, "conventions")),
        ActionRow("documentation", menu, tr("Documentation"), "", "Shift+F1", partial(read, "README.md"), rule=True),
        ActionRow("extending", menu, tr("Extending the program"), "", "", partial(read, "extending.md")),
        ActionRow("notices", menu, tr("Sources and notices"), "", "", partial(read, "notices.md")),
    )
