"""The passes of a measurement: their times, and when each of them ran."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

Sample = TypeVar("Sample")
Span = tuple[int, int]
"""The beginning and the end of something in nanoseconds of the measurement's clock."""
MAX_FILED = 2_000
MAX_FILED_OF_LAYERS = 200_000
"""The most raw samples in a file: of the whole network, and of all layers together."""


@dataclass
class Samples:
    """The samples of both kinds of pass in microseconds; they grow while passes are run.

    `uninstrumented` has the time of the whole network in each uninstrumented pass, `rows` the time of every step in
    each instrumented pass, and `sparse` the times of the few steps that had timestamps in each sparse pass. The spans
    say when each pass ran, in ascending order.
    """

    uninstrumented: list[float] = field(default_factory=list)
    rows: list[list[float]] = field(default_factory=list)
    uninstrumented_spans: list[Span] = field(default_factory=list)
    row_spans: list[Span] = field(default_factory=list)
    sparse: list[Mapping[int, float]] = field(default_factory=list)
    sparse_spans: list[Span] = field(default_factory=list)

    @property
    def sums(self) -> list[float]:
        """The sum over the steps of each instrumented pass."""
        return [sum(row) for row in self.rows]

    @property
    def number(self) -> int:
        """The number of passes of both kinds."""
        return len(self.uninstrumented) + len(self.rows)

    @property
    def seconds(self) -> float | None:
        """The time from the beginning of the first pass to the end of the last; None without passes."""
        spans = (*self.uninstrumented_spans[:1], *self.uninstrumented_spans[-1:], *self.row_spans[-1:])
        if not spans:
            return None
        return (max(end for _, end in spans) - min(begin for begin, _ in spans)) / 1e9

    def outside(self, spans: Sequence[Span]) -> "Samples":
        """Return the passes that share no moment with any of the spans, which ascend and do not overlap."""
        if not spans:
            return self
        ends = [end for _, end in spans]

        def is_outside(span: Span) -> bool:
            following = bisect_left(ends, span[0])  # the first that does not end before this pass begins
            return following == len(spans) or spans[following][0] > span[1]

        wholes = [place for place, span in enumerate(self.uninstrumented_spans) if is_outside(span)]
        rows = [place for place, span in enumerate(self.row_spans) if is_outside(span)]
        sparse = [place for place, span in enumerate(self.sparse_spans) if is_outside(span)]
        return Samples(
            [self.uninstrumented[place] for place in wholes],
            [self.rows[place] for place in rows],
            [self.uninstrumented_spans[place] for place in wholes],
            [self.row_spans[place] for place in rows],
            [self.sparse[place] for place in sparse],
            [self.sparse_spans[place] for place in sparse],
        )


def undisturbed(samples: Samples, spans: Sequence[Span]) -> Samples:
    """Return the passes outside the disturbed spans; all passes where fewer than half of them would be left.

    What disturbs most of a measurement is the state that it measures.
    """
    left = samples.outside(spans)
    enough = 2 * len(left.rows) >= len(samples.rows) and 2 * len(left.uninstrumented) >= len(samples.uninstrumented)
    return left if enough and left.rows and left.uninstrumented else samples


def filed_samples(samples: Sequence[float], digits: int, layers: int = 1) -> tuple[float, ...]:
    """Return the samples that a file keeps, rounded; of each of so many layers the same passes are kept."""
    return tuple(round(sample, digits) for sample in thinned(samples, max(1, MAX_FILED_OF_LAYERS // layers)))


def thinned(samples: Sequence[Sample], most: int = MAX_FILED) -> Sequence[Sample]:
    """Return all samples of a usual run, of a very long one as many as a file keeps, evenly spaced."""
    step = -(-len(samples) // min(most, MAX_FILED))
    return samples[::step] if step > 1 else samples
