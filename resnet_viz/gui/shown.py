"""The one value that every view of the window is drawn from."""

import msgspec

from resnet_viz.records.analysis import Analysis, Convention, CrossCheckResult
from resnet_viz.records.block_pair import BlockComparison, Sweep
from resnet_viz.records.costs import Costs
from resnet_viz.records.network_pair import NetworkComparison, NetworkPairs
from resnet_viz.records.quantities import Coloring
from resnet_viz.records.run import DeviceInfo, ProfileProgress, ProfileRun, RunEntry
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.spec.question import Question
from resnet_viz.viewmodels.build import Refusal

Changed = frozenset[str]
"""Names of fields of `Shown` that are another object than in the value that a view shows."""


class MeasureState(msgspec.Struct, frozen=True):
    """What is known of measuring: settings, devices, saved runs, and the run under way.

    `progress` is None while nothing is measured. `run` is the run that was measured or opened last, of whichever
    network, and `other` the one that it is compared with.
    """

    settings: ProfileSettings = ProfileSettings()
    devices: tuple[DeviceInfo, ...] = ()
    runs: tuple[RunEntry, ...] = ()
    run: ProfileRun | None = None
    other: ProfileRun | None = None
    progress: ProfileProgress | None = None
    refusal: Refusal | None = None

    @property
    def is_running(self) -> bool:
        """Whether something is being measured."""
        return self.progress is not None


class CompareState(msgspec.Struct, frozen=True):
    """What is known of comparisons: the newest answer of each kind, and what is being measured.

    `measuring` is the kind of the measurement under way, `blocks`, `networks`, `pairs` or `sweep`, and `progress` how
    far it has come; both are empty while nothing is measured. `refusal` says why the blocks that were asked for last
    cannot be compared.
    """

    blocks: BlockComparison | None = None
    networks: NetworkComparison | None = None
    pairs: NetworkPairs | None = None
    sweep: Sweep | None = None
    measuring: str = ""
    progress: str = ""
    refusal: str = ""


class Shown(msgspec.Struct, frozen=True):
    """Everything that the views show at one moment.

    `question` is the network that was asked for last; `analysis` may still be that of the one before, and `seconds` is
    how long it took. `costs` are the operations of the analysis by the chosen convention. `run` is the measured run
    where it is of the analysed network, and `foreign` where it is of another one: charts alone show that, with a note.
    `waiting` names the counters that have not answered yet.
    """

    question: Question
    refusal: Refusal | None = None
    analysis: Analysis | None = None
    convention: Convention = "macs"
    costs: Costs | None = None
    run: ProfileRun | None = None
    other: ProfileRun | None = None
    foreign: ProfileRun | None = None
    selection: str | None = None
    color_by: Coloring = "stage"
    crosschecks: tuple[CrossCheckResult, ...] = ()
    waiting: tuple[str, ...] = ()
    measurement: MeasureState = MeasureState()
    comparison: CompareState = CompareState()
    can_undo: bool = False
    can_redo: bool = False
    is_tracing: bool = False
    seconds: float | None = None
    engine: str = ""

    @property
    def measured(self) -> ProfileRun | None:
        """The run to draw, of whichever network it is."""
        return self.run or self.foreign


EVERYTHING: Changed = frozenset(Shown.__struct_fields__)
"""What has changed for a view that has not shown anything yet."""
