"""The answer about memory: what is live at each layer, and what training saves for the backward pass."""

import msgspec

from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import Dtype


class LayerMemory(msgspec.Struct, frozen=True):
    """One layer of an inference pass: what it puts out, what is alive while it runs (the ids of the layers that put
    it out, the network's input as ""), and what of it training keeps for the backward pass.
    """

    id: str
    output_bytes: int
    alive: tuple[str, ...]
    live_bytes: int
    kept_bytes: int


class Memory(msgspec.Struct, frozen=True):
    """What a network takes in one dtype and at one batch.

    `peak_bytes` is the most that is alive at one layer of an inference pass, `peak_at` that layer's id (the first of
    equals). `kept_bytes` is what a training pass keeps for the backward pass, among it the input's `kept_input_bytes`
    and the norms' `statistics_bytes`, which alone do not grow with the batch.
    """

    spec: ResNetSpec
    dtype: Dtype
    batch: int
    params_bytes: int
    buffers_bytes: int
    peak_bytes: int
    peak_at: str
    kept_bytes: int
    kept_input_bytes: int
    statistics_bytes: int
    layers: tuple[LayerMemory, ...]

    @property
    def inference_bytes(self) -> int:
        """Parameters, buffers and the activations at the peak."""
        return self.params_bytes + self.buffers_bytes + self.peak_bytes

    @property
    def training_bytes(self) -> int:
        """Parameters and their gradients, buffers, and what is kept; an optimizer's state comes on top."""
        return 2 * self.params_bytes + self.buffers_bytes + self.kept_bytes

    @property
    def image_bytes(self) -> tuple[int, int]:
        """What each image takes of inference and of training, beyond what does not grow with the batch."""
        return self.peak_bytes // self.batch, (self.kept_bytes - self.statistics_bytes) // self.batch

    @property
    def fixed_bytes(self) -> tuple[int, int]:
        """What inference and training take whatever the batch."""
        weights = self.params_bytes + self.buffers_bytes
        return weights, weights + self.params_bytes + self.statistics_bytes


class Fits(msgspec.Struct, frozen=True):
    """The most images that fit into a memory, 0 where not even one does."""

    gib: float
    inference_batch: int
    training_batch: int
