"""The build panel: every field of the network, what was refused beside it, and below it what comes out."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from resnet_viz.gui.build.summary import SummaryView
from resnet_viz.gui.widgets.fields import (
    CheckField,
    ChoiceField,
    DepthField,
    Field,
    FlagsField,
    NumberField,
    NumbersField,
    TextField,
)
from resnet_viz.gui.widgets.form import Form, Row, error_label, more_button, say
from resnet_viz.gui.widgets.preset_field import PresetField
from resnet_viz.spec.network import MAX_STAGES, ResNetSpec
from resnet_viz.texts import tr
from resnet_viz.viewmodels.build import BuildView, Refusal, choices, list_text
from resnet_viz.viewmodels.parts import preset_groups

SCROLL_BAR = 12  # pixels that the bar takes when the panel is short
_BESIDE = {"stages": "blocks", "depth_step": "depth"}  # fields without a row of their own


class BuildPanel(QScrollArea):
    """Shows a BuildView, and says which field was edited to what."""

    edited = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Build"))
        self._form = Form((*_first_rows(), *_more_rows()))
        self.rows = self._form.rows
        self.more_button = more_button()
        self._more = QWidget()
        self.general_error = error_label()
        self.summary = SummaryView()
        self._lay_out()
        self._connect()

    def show_view(self, view: BuildView) -> None:
        """Show the fields of the last good spec; after a refusal leave them as the user typed them and say why."""
        if view.refusal is None:
            self.rows["preset"].widget.show_value(view.preset)
            for row in self.rows.values():
                if row.name != "preset":
                    row.widget.show_value(row.value(view.spec))
            self._enable(view.spec)
        self._show_refusal(view.refusal)

    def error_at(self, name: str) -> str:
        """The sentence beside a field; empty where there is none."""
        return self._form.error_at(name)

    def field(self, name: str) -> Field:
        """The widget of a field."""
        return self.rows[name].widget

    @property
    def more_open(self) -> bool:
        """Whether the less used fields are to be seen."""
        return self.more_button.isChecked()

    def open_more(self, is_open: bool) -> None:
        """Show or fold the less used fields."""
        self.more_button.setChecked(is_open)

    def _lay_out(self) -> None:
        content = QWidget()
        content.setObjectName("buildContent")
        column = QVBoxLayout(content)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        heading = QLabel(tr("Architecture"))
        heading.setObjectName("panelHeading")
        column.addWidget(heading)
        column.addLayout(self._form.grid(_first_names()))
        column.addWidget(self.more_button)
        self._more.setLayout(self._form.grid(tuple(name for name in self.rows if name not in _first_names())))
        self._more.setVisible(False)
        column.addWidget(self._more)
        column.addWidget(self.general_error)
        column.addSpacing(4)
        column.addWidget(self.summary)
        column.addStretch(1)
        self.setWidget(content)
        self.setMinimumWidth(content.minimumSizeHint().width() + SCROLL_BAR)

    def _connect(self) -> None:
        for name, row in self.rows.items():
            row.widget.edited.connect(partial(self.edited.emit, name))
            if isinstance(row.widget, DepthField):
                row.widget.stepped.connect(partial(self.edited.emit, "depth_step"))
            if isinstance(row.widget, NumbersField):
                row.widget.resized.connect(partial(self.edited.emit, "stages"))
        self.more_button.toggled.connect(self._more.setVisible)

    def _show_refusal(self, refusal: Refusal | None) -> None:
        at = _BESIDE.get(refusal.field or "", refusal.field) if refusal is not None else None
        sentence = refusal.sentence if refusal is not None else ""
        self._form.show_refusal(at, sentence)
        say(self.general_error, sentence if at not in self.rows else "")
        if at in self.rows and at not in _first_names():
            self.open_more(True)

    def _enable(self, spec: ResNetSpec) -> None:
        """Grey out what does not matter to this network."""
        self.field("stem_pool_stride").setEnabled(spec.stem == "imagenet")
        self.field("stride_in").setEnabled(spec.block == "bottleneck")
        self.field("dilate").setEnabled(len(spec.blocks) > 1)
        self.field("classes").setEnabled(spec.head)


def _first_names() -> tuple[str, ...]:
    return ("preset", "depth", "block", "blocks", "shortcut", "order", "stride_in", "stem", "width", "groups",
            "classes", "input")  # fmt: skip


def _first_rows() -> tuple[Row, ...]:
    stages = [tr("Blocks of stage {n}").format(n=stage + 1) for stage in range(MAX_STAGES)]
    sizes = [tr("Images in a batch"), tr("Channels"), tr("Height"), tr("Width")]
    return (
        Row("preset", tr("Preset"), PresetField(preset_groups()), lambda spec: "", tr("Type any part of a name")),
        Row("depth", tr("Depth"), DepthField(), lambda spec: spec.depth, tr("Arrows step through depths that exist")),
        Row("block", tr("Block"), ChoiceField(choices("block")), lambda spec: spec.block),
        Row("blocks", tr("Blocks / stage"), NumbersField(stages, MAX_STAGES), lambda spec: spec.blocks),
        Row("shortcut", tr("Shortcut"), ChoiceField(choices("shortcut")), lambda spec: spec.shortcut),
        Row("order", tr("Activation order"), ChoiceField(choices("order")), lambda spec: spec.order),
        Row("stride_in", tr("Stride in"), ChoiceField(choices("stride_in")), lambda spec: spec.stride_in,
            tr("Which convolution of a Bottleneck lowers the resolution")),
        Row("stem", tr("Stem"), ChoiceField(choices("stem")), lambda spec: spec.stem),
        Row("width", tr("Width"), NumberField(), lambda spec: spec.width, tr("Channels of the stem")),
        Row("groups", tr("Groups"), NumberField(), lambda spec: spec.groups, tr("Groups of the 3×3 convolutions")),
        Row("classes", tr("Classes"), NumberField(), lambda spec: spec.classes),
        Row("input", tr("Input N·C·H·W"), NumbersField(sizes), lambda spec: spec.input),
    )  # fmt: skip


def _more_rows() -> tuple[Row, ...]:
    return (
        Row("stage_widths", tr("Stage widths"), TextField(), lambda spec: list_text(spec, "stage_widths"),
            tr("Before the block's expansion; empty for width, 2 × width, 4 × width …")),
        Row("strides", tr("Strides"), TextField(), lambda spec: list_text(spec, "strides"),
            tr("Of each stage's first block; empty for 1, 2, 2 …")),
        Row("stem_pool_stride", tr("Pool stride"), ChoiceField(choices("stem_pool_stride")),
            lambda spec: spec.stem_pool_stride, tr("Of the ImageNet stem's max pool")),
        Row("width_per_group", tr("Width / group"), NumberField(tr("stage width")), lambda spec: spec.width_per_group,
            tr("As torchvision counts it: inner width = stage width × this ÷ 64 × groups")),
        Row("dilate", tr("Dilate stages"), FlagsField(), lambda spec: spec.dilated[1:],
            tr("Keep the resolution and dilate instead of striding")),
        Row("bias", tr("Convolutions"), CheckField(tr("with bias")), lambda spec: spec.bias),
        Row("head", tr("Head"), CheckField(tr("average pool and classifier")), lambda spec: spec.head),
    )  # fmt: skip
