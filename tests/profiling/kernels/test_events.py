"""Ranges and kernels are found in event lists as torch's profiler emits them."""

from resnet_viz.profiling.kernels.events import device_activities, named_ranges
from tests.profiling.kernels.recordings import CudaRecording

CONV, LAYOUT, NORM = "sm90_xmma_fprop_implicit_gemm", "nchwToNhwcKernel", "bn_fw_inf"


def recorded_pass() -> CudaRecording:
    recording = CudaRecording()
    recording.range_of("layer:conv1", [(LAYOUT, 4.0), (CONV, 30.0)])
    recording.range_of("layer:bn1", [(NORM, 12.0)])
    recording.range_of("layer:flatten", [])
    return recording


def test_a_range_counts_once_though_the_device_has_an_annotation_of_its_name() -> None:
    found = named_ranges(recorded_pass().event_list())
    assert [entry.layer for entry in found] == ["conv1", "bn1", "flatten"]
    assert [[*entry.kernels] for entry in found] == [[(LAYOUT, 4.0), (CONV, 30.0)], [(NORM, 12.0)], []]


def test_a_range_has_the_time_of_the_host_and_its_operators() -> None:
    conv, _, flatten = named_ranges(recorded_pass().event_list())
    (operator,) = conv.operators
    assert (operator.name, operator.duration_us) == ("aten::work", 10.0)
    assert conv.host_us == 16.0
    assert operator.called == ()
    assert (conv.start_us, operator.start_us) == (0.0, 2.0)
    assert flatten.host_us == 8.0


def test_the_device_ran_kernels_and_neither_annotations_nor_waits() -> None:
    recording = recorded_pass()
    recording.replay([(CONV, 29.0)])
    ran = device_activities(recording.event_list())
    assert [(entry.name, entry.duration_us) for entry in ran] == [
        (LAYOUT, 4.0), (CONV, 30.0), (NORM, 12.0), (CONV, 29.0)]  # fmt: skip
    assert [entry.start_us for entry in ran][:3] == [50.0, 55.0, 86.0]


def test_a_call_of_the_driver_that_has_an_operators_number_adds_no_kernel() -> None:
    """torch's profiler gives the operator's kernels to both."""
    recording = CudaRecording()
    recording.range_of("layer:conv1", [(CONV, 30.0)], driver_id=2)
    events = recording.event_list()
    (call,) = [event for event in events if event.name == "cudaLaunchKernel"]
    call.append_kernel(CONV, 0, 30.0)
    (found,) = named_ranges(events)
    assert [*found.kernels] == [(CONV, 30.0)]
