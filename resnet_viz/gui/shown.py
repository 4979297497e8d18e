"""The single value from which every view of the window is drawn."""

import msgspec

from resnet_viz.records.analysis import Analysis, Convention, CrossCheckResult
from resnet_viz.records.block_pair import BlockComparison, Sweep
from resnet_viz.records.costs import Costs
from resnet_viz.records.network_pair import NetworkComparison, NetworkPairs
from resnet_viz.records.quantities import Coloring
from resnet_viz.records.run import DeviceInfo, ProfileProgress, ProfileRun, RunEntry
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.spec.question import Question
from resnet_viz.viewmodels.parts import Refusal

Changed = frozenset[str]
"""Names of fields of `Shown` that changed since a view was last updated."""


class MeasureState(msgspec.Struct, frozen=True):
    """The state of measuring: settings, devices, saved runs, and the run in progress.

    `progress` is None while nothing is being measured. `run` is the run measured or opened last, of any network, and
    `other` the one that it is compared with. `shows_previous` says that another run is being measured, of which there
    are no figures yet.
    """

    settings: ProfileSettings = ProfileSettings()
    devices: tuple[DeviceInfo, ...] = ()
    runs: tuple[RunEntry, ...] = ()
    run: ProfileRun | None = None
    other: ProfileRun | None = None
    progress: ProfileProgress | None = None
    refusal: Refusal | None = None
    shows_previous: bool = False

    @property
    def is_running(self) -> bool:
        """True while a measurement is running."""
        return self.progress is not None


class CompareState(msgspec.Struct, frozen=True):
    """The state of comparisons: the newest answer of each kind, and the measurement in progress.

    `measuring` is the kind of the running measurement (`blocks`, `networks`, `pairs` or `sweep`) and `progress` how far
    it has got; both are empty while nothing is being measured. `refusal` says why the requested blocks cannot be
    compared.
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

    `question` is the network requested last; `analysis` may still be that of the previous one, and `seconds` is how
    long it took. `costs` are the operations of the analysis by the chosen convention. `run` is the measured run if it
    is of the analyzed network; a run of another one is in `foreign`: only charts show that, with a note. `waiting`
    names the counters that have not answered yet.
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
        """The run to draw, of any network."""
        return self.run or self.foreign


EVERYTHING: Changed = frozenset(Shown.__struct_fields__)
"""The change for a view that has not shown anything yet."""
