"""Warnings and notes about a run: a kind and its values, made into a sentence where they are shown."""

import msgspec

from resnet_viz.texts import translatable

SENTENCES = {
    "graph refused": translatable("The CUDA graph was refused ({reason})."),
    "graph out of memory": translatable(
        "The device ran out of memory while the CUDA graph was captured, which needs memory of its own."
    ),
    "graph backwards": translatable("The events inside the CUDA graph run backwards."),
    "graph too long": translatable("The events inside the CUDA graph span more time than its replay took."),
    "graph unset": translatable("The events inside the CUDA graph were not set by its replay."),
    "queue too short": translatable(
        "The whole network is too deep to be queued at once: its time, unlike the layers', may be the host's."
    ),
    "whole in pieces": translatable(
        "The whole network is too deep to be queued at once: it was timed in {n} pieces, like the layers."
    ),
    "host behind": translatable("The host could not be kept ahead of the device, so its events would time the host."),
    "way refused": translatable("{way} was refused: {reason}"),
    "way out of memory": translatable("{way} was left out: the device ran out of memory while it was prepared."),
    "sweep fits no more": translatable("The sweep ended before batch {n}: it should not fit into memory."),
    "sweep out of memory": translatable("The sweep ended at batch {n}: the device ran out of memory."),
    "sweep graph out of memory": translatable(
        "From batch {n} on the sweep ran without CUDA graphs, for which there was too little memory."
    ),
    "sweep out of time": translatable("The sweep ended at batch {n}: its time was spent."),
    "shared": translatable(
        "Other programs took {part:.0f} % of the processor during the run: the times include waiting for them."
    ),
    "one repetition": translatable("Only {n} pass fitted into the time budget: there are no quartiles to judge it by."),
    "few repetitions": translatable("So few passes fitted into the time budget that quartiles mean little."),
    "few passes": translatable(
        "Fewer than {asked} passes fitted into the time budget: the median is uncertain; a longer run helps."
    ),
    "uncertain median": translatable(
        "The time budget ended before the whole network's median was known to ±{target:.0f} %; a longer run helps."
    ),
    "whole varies": translatable(
        "The whole network's time varies by {part:.0f} % between its quartiles; a longer run helps."
    ),
    "whole varies much": translatable(
        "The times vary by {part:.0f} % between their quartiles: something else is using this machine, or its clock "
        "changes. Do not rely on these results; measure again."
    ),
    "level changed on processor": translatable(
        "The times of the passes changed from {before_ms:,.3f} ms to {after_ms:,.3f} ms during the run, although other "
        "programs took only {part:.0f} % of the processor: its clock changed, or the threads moved between cores that "
        "share no cache. Measure again."
    ),
    "level changed": translatable(
        "The times of the passes changed from {before_ms:,.3f} ms to {after_ms:,.3f} ms during the run: the device's "
        "clock changed, or another program used it. Measure again."
    ),
    "sum misses whole": translatable(
        "The unaccounted time is {part:+.1f} % of the whole network's time; it should be within 5 %."
    ),
    "sparse disagree": translatable(
        "With timestamps around only every eighth layer, Σ differs by {part:+.1f} %: timestamps between all layers "
        "change the layers themselves."
    ),
    "synchronised": translatable(
        "Every layer was synchronized with the host: the times are upper bounds that contain launches."
    ),
    "one layer varies": translatable(
        "{noisy} of {all} layers has an interquartile range of 25 % or more of its median."
    ),
    "layers vary": translatable("{noisy} of {all} layers have an interquartile range of 25 % or more of their median."),
    "one doubted": translatable("{first} is faster than the measured ceilings allow."),
    "doubted": translatable("{n} layers are faster than the measured ceilings allow, {first} among them."),
    "faster than arithmetic": translatable(
        "{time:.4f} ms is less than the layer's arithmetic takes at the measured peak, {floor:.4f} ms: the library did "
        "less arithmetic than a direct convolution, or the timing is wrong"
    ),
    "faster than bytes": translatable(
        "{time:.4f} ms is less than the layer's bytes beyond the size of the cache take at the measured "
        "bandwidth, {floor:.4f} ms"
    ),
    "kernels uneven": translatable(
        "The profiler saw {n} kernels in {passes} passes, which cannot be divided among them: kernels were not given "
        "to layers."
    ),
    "kernels differ": translatable(
        "Kernel {number} of a pass is {found} where {expected} was expected: kernels were not given to layers by the "
        "order of these passes."
    ),
    "ranges lost": translatable(
        "The profiler saw {n} layers where {expected} were run: kernels were not given to layers."
    ),
    "kernels failed": translatable("The kernels' times were not measured: {reason}"),
    "kernels crashed": translatable(
        "The kernels' times were not measured: the process that measures them ended with {code}: {last}"
    ),
    "kernels slow": translatable("The kernels' times were not measured within {seconds:.0f} s."),
    "kernels disagree": translatable(
        "The kernels' times differ from the timestamps' by {part:.1f} % in the median of {n} layers; the two should "
        "agree within {allowed:.0f} %."
    ),
    "kernels disagree, autotuned": translatable(
        "The kernels' times differ from the timestamps' by {part:.1f} % in the median of {n} layers; the two should "
        "agree within {allowed:.0f} %. With autotune, the process that records the kernels tries cuDNN's algorithms "
        "again and may choose others: compare the kernels' names, or measure without autotune."
    ),
    "weights not finite": translatable(
        "Weights became infinite or NaN in {dtype} during the training steps: the times are those of such steps."
    ),
    "throttled": translatable("The card slowed itself down during the run: {reasons}."),
    "throttled pass dropped": translatable(
        "{n} pass is left out of the figures, because the card slowed itself down during it: {reasons}."
    ),
    "throttled passes dropped": translatable(
        "{n} passes are left out of the figures, because the card slowed itself down during them: {reasons}."
    ),
    "clocks drift": translatable(
        "The card's clock moved between {low:,} and {high:,} MHz during the passes, and their times with it: it is not "
        "pinned."
    ),
}
"""The sentence of each kind, in English."""


class Message(msgspec.Struct, frozen=True):
    """Something that a reader must know; `values` are named in its sentence in SENTENCES, fractions in percent."""

    kind: str
    values: dict[str, int | float | str] = {}

    def __str__(self) -> str:
        """Return the sentence in English; empty for a kind or values that another program made and this one lacks."""
        try:
            return SENTENCES[self.kind].format_map(self.values)
        except (KeyError, ValueError):
            return ""
