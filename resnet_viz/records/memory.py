"""The answer about memory: the tensors live at each layer, and those that training saves for the backward pass."""

import msgspec

from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import Dtype


class LayerMemory(msgspec.Struct, frozen=True):
    """The memory of one layer in an inference pass, and what training saves of it for the backward pass.

    `alive` are the tensors live while it runs, each by the id of the layer that wrote it, the network's input as "";
    `kept_bytes` is what training saves.
    """

    id: str
    output_bytes: int
    alive: tuple[str, ...]
    live_bytes: int
    kept_bytes: int


class Memory(msgspec.Struct, frozen=True):
    """The memory that a network takes in one dtype and at one batch.

    `peak_bytes` is the largest total of live tensors at one layer of an inference pass, `peak_at` that layer's id (the
    first of equals). `kept_bytes` is what a training pass saves for the backward pass: the input's `kept_input_bytes`,
    the `statistics_bytes` of batch norms and standardized filters, which alone do not grow with the batch, and the
    layers' own tensors.
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
        """Parameters and their gradients, buffers, and the saved tensors; an optimizer's state comes on top."""
        return 2 * self.params_bytes + self.buffers_bytes + self.kept_bytes

    @property
    def image_bytes(self) -> tuple[int, int]:
        """The bytes that each image of the batch adds to inference and to training."""
        return self.peak_bytes // self.batch, (self.kept_bytes - self.statistics_bytes) // self.batch

    @property
    def fixed_bytes(self) -> tuple[int, int]:
        """The bytes that inference and training take whatever the batch."""
        weights = self.params_bytes + self.buffers_bytes
        return weights, weights + self.params_bytes + self.statistics_bytes


class LargestBatches(msgspec.Struct, frozen=True):
    """The largest batches that fit into a memory of `gib` GiB, 0 where not even one image does."""

    gib: float
    inference_batch: int
    training_batch: int
