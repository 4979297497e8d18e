"""The command devices: the devices of this machine."""

from tests.cli.asking import Capture, answered, printed


def test_devices_lists_the_cpu(capsys: Capture) -> None:
    assert "cpu" in printed(capsys, "devices")
    found = answered(capsys, "devices")
    assert found[-1]["name"] == "cpu"
    assert "fp32" in found[-1]["dtypes"]
    assert "tf32" not in found[-1]["dtypes"]
