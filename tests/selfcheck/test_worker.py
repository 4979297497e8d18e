"""The times of torch's profiler as the selfcheck takes them from its events."""

from resnet_viz.selfcheck.worker import medians_us
from tests.profiling.kernels.recordings import CudaRecording


def test_a_layer_has_the_median_of_its_kernels_on_a_card_and_not_half_of_it() -> None:
    """The annotation that the device has for each range has no kernels, and counted as a pass without any."""
    recording = CudaRecording()
    for conv_us in (30.0, 31.0, 35.0):
        recording.range_of("layer:conv1", [("layout", 4.0), ("conv", conv_us)])
        recording.range_of("layer:relu", [("relu", 6.0)])
    assert medians_us(recording.event_list(), on_cuda=True) == {"conv1": 35.0, "relu": 6.0}


def test_a_layer_has_the_hosts_time_on_a_processor() -> None:
    recording = CudaRecording()
    recording.range_of("layer:flatten", [])
    assert medians_us(recording.event_list(), on_cuda=False) == {"flatten": 8.0}
