"""The devices of a machine, their dtypes, and the flags that are set for a run and restored after it."""

import contextlib
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch

from resnet_viz.device import info as device
from resnet_viz.device.info import check, device_infos, dtype_refusal, environment, find, info, names, prepared
from resnet_viz.errors import SpecError
from resnet_viz.spec.profiling import Dtype, ProfileSettings
from resnet_viz.version import __version__
from tests.profiling.doubles.networks import CPU

CARD = torch.device("cuda", 0)
BACKENDS: Any = torch.backends
DENORMAL = 1e-40


def flags() -> tuple[object, ...]:
    matmul, conv, cudnn = BACKENDS.cuda.matmul, BACKENDS.cudnn.conv, BACKENDS.cudnn
    return matmul.fp32_precision, conv.fp32_precision, cudnn.benchmark, torch.get_num_threads()


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Replaces the choice of the current card, and records every card that becomes the current one."""
    current: list[object] = []

    @contextlib.contextmanager
    def chosen(which: object) -> Iterator[None]:
        current.append(which)
        yield

    monkeypatch.setattr(torch.cuda, "device", chosen)
    monkeypatch.setattr(torch.cuda, "set_device", current.append)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    return current


def test_there_is_always_a_cpu_which_comes_last() -> None:
    assert names()[-1] == "cpu"
    assert [one.name for one in device_infos()] == list(names())


def test_an_unknown_device_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SpecError, match=r"device: cuda:99 is not accepted; this machine has .*cpu") as caught:
        find("cuda:99")
    assert caught.value.field == "device"


def test_cuda_without_a_number_is_the_first_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "names", lambda: ("cuda:0", "cuda:1", "cpu"))
    assert find("cuda") == CARD
    assert find("cuda:1") == torch.device("cuda", 1)
    assert find("cpu") == CPU


def test_tf32_is_refused_on_a_cpu_with_the_reason() -> None:
    assert "NVIDIA" in dtype_refusal(CPU, "tf32")
    with pytest.raises(SpecError, match=r"dtype: tf32 is not accepted; .*compute capability 8") as caught:
        check(ProfileSettings(dtype="tf32"))
    assert caught.value.field == "dtype"
    assert dtype_refusal(CPU, "fp32") == ""


@pytest.mark.parametrize(("capability", "refused"), [((7, 5), {"tf32", "bf16"}), ((8, 0), set()), ((9, 0), set())])
def test_an_older_card_has_neither_tf32_nor_bf16(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], refused: set[str]
) -> None:
    class Layer:
        """A convolution that runs everywhere."""

        def __init__(self, *_: object) -> None:
            pass

        def to(self, *_: object) -> "Layer":
            return self

        def __call__(self, x: object) -> object:
            return x

    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: capability)
    monkeypatch.setattr(torch.nn, "Conv2d", Layer)
    monkeypatch.setattr(torch, "ones", lambda *_, **__: None)
    dtypes: tuple[Dtype, ...] = ("fp32", "tf32", "fp16", "bf16")
    assert {dtype for dtype in dtypes if dtype_refusal(CARD, dtype)} == refused


def test_a_dtype_that_fails_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> object:
        raise RuntimeError("not implemented for 'Half'\nmore")

    monkeypatch.setattr(torch.nn, "Conv2d", broken)
    assert dtype_refusal(CPU, "fp16") == "fp16 does not run on cpu: not implemented for 'Half'"


def test_the_cpu_has_a_title_memory_and_dtypes() -> None:
    found = info(CPU)
    assert found.name == "cpu"
    assert found.title
    assert "fp32" in found.dtypes
    assert "tf32" not in found.dtypes
    assert len(found.dtypes) + len(found.refused) == 4
    assert (found.memory_bytes or 0) >= (found.free_bytes or 0) > 0


def test_the_environment_has_versions_and_threads() -> None:
    found = environment(CPU, ProfileSettings())
    assert found.program == __version__
    assert found.torch == torch.__version__
    assert found.threads == torch.get_num_threads()
    assert (found.driver, found.cuda, found.cudnn) == ("", "", "")
    assert found.name
    assert found.python


def test_the_last_cache_has_a_size_or_zero() -> None:
    assert device.cache_bytes(CPU) >= 0


@pytest.mark.parametrize(
    ("text", "size"), [("32K", 32 << 10), ("260M", 260 << 20), ("1G", 1 << 30), ("4096", 4096), ("", 0)]
)
def test_cache_sizes_are_read(tmp_path: Any, text: str, size: int) -> None:
    (tmp_path / "size").write_text(text + "\n")
    assert device.read_cache_size(tmp_path / "size") == size


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize(("dtype", "precision"), [("tf32", "tf32"), ("fp32", "ieee"), ("fp16", "ieee")])
def test_fp32_and_tf32_differ_in_flags_that_are_set_only_during_the_run(dtype: Dtype, precision: str) -> None:
    before = flags()
    with prepared(CARD, ProfileSettings(dtype=dtype, autotune=True)):
        assert flags()[:3] == (precision, precision, True)
    assert flags() == before


def test_threads_are_set_and_restored() -> None:
    before = flags()
    with prepared(CPU, ProfileSettings(threads=2)):
        assert torch.get_num_threads() == 2
        assert flags()[:3] == before[:3]
    assert flags() == before


@pytest.mark.usefixtures("card")
def test_everything_is_restored_after_an_exception() -> None:
    def broken() -> None:
        with prepared(CARD, ProfileSettings(dtype="tf32", autotune=True, threads=2)):
            assert flags() == ("tf32", "tf32", True, 2)
            raise KeyError

    before = flags()
    with pytest.raises(KeyError):
        broken()
    assert flags() == before
    assert denormals_left(torch.full((8,), DENORMAL)) != 0


def denormals_left(numbers: torch.Tensor) -> float:
    """The part of a product that is still denormal."""
    return float((numbers * 1.0).view(torch.int32).ne(0).double().mean())


def test_denormals_are_flushed_only_during_the_run() -> None:
    numbers = torch.full((1_000,), DENORMAL)
    with prepared(CPU, ProfileSettings(threads=1)):
        assert denormals_left(numbers) == 0
    assert denormals_left(numbers) == 1


def test_the_environment_has_whether_denormals_are_flushed_in_every_thread() -> None:
    """torch sets the flag of the calling thread; those of a pool that was there before keep their own."""
    before = torch.get_num_threads()
    numbers = torch.full((1_000_000,), DENORMAL)
    try:
        torch.set_num_threads(2)
        assert denormals_left(numbers) > 0
        settings = ProfileSettings(threads=2)
        with prepared(CPU, settings):
            said = environment(CPU, settings).flags["flush denormals"]
            assert said == str(denormals_left(numbers) == 0)
    finally:
        torch.set_num_threads(before)


def test_the_chosen_card_is_the_current_one_during_the_run(card: list[object]) -> None:
    """Events, sleeps and captures go to the current card, whatever device the tensors are on."""
    second = torch.device("cuda", 1)
    with prepared(second, ProfileSettings()):
        assert any(one in (second, 1, "cuda:1") for one in card)


class Properties:
    """What torch tells of a card."""

    total_memory = 80_000
    L2_cache_size = 50


@pytest.fixture
def card_80_gb(monkeypatch: pytest.MonkeyPatch) -> None:
    """A card of 80,000 bytes, 20,000 of them free and 3,000 of torch's own memory unused, beside two XPUs."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "NVIDIA H100")
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: Properties())
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (20_000, 80_000))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda _: 5_000)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda _: 2_000)
    monkeypatch.setattr(torch.xpu, "is_available", lambda: True)
    monkeypatch.setattr(torch.xpu, "device_count", lambda: 1)
    monkeypatch.setattr(torch.xpu, "get_device_name", lambda _: "Intel Arc")


@pytest.mark.usefixtures("card_80_gb")
def test_cards_come_before_the_cpu_and_have_their_own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert names() == ("cuda:0", "cuda:1", "mps", "xpu:0", "cpu")
    assert (find("cuda"), find("xpu")) == (CARD, torch.device("xpu", 0))
    titles = [device.title(torch.device(name)) for name in ("cuda:1", "xpu:0", "mps")]
    assert titles == ["NVIDIA H100", "Intel Arc", platform.machine()]


@pytest.mark.usefixtures("card_80_gb")
def test_memory_that_torch_holds_unused_counts_as_free() -> None:
    assert device.total_bytes(CARD) == 80_000
    assert device.free_bytes(CARD) == 20_000 + 3_000
    assert device.cache_bytes(CARD) == 50


def test_the_memory_of_other_devices_is_unknown() -> None:
    xpu = torch.device("xpu", 0)
    assert (device.total_bytes(xpu), device.free_bytes(xpu)) == (None, None)
    mps = torch.device("mps")
    assert device.total_bytes(mps) == device.total_bytes(CPU) == psutil.virtual_memory().total


@pytest.mark.usefixtures("card_80_gb", "card")
def test_the_environment_of_a_card_has_its_versions_and_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "driver_version", lambda: "580.82")
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(BACKENDS.cudnn, "version", lambda: 91_000)
    found = environment(CARD, ProfileSettings(autotune=True))
    assert (found.device, found.name, found.memory_bytes) == ("cuda:0", "NVIDIA H100", 80_000)
    assert (found.driver, found.cuda, found.cudnn) == ("580.82", "13.0", "91000")
    assert found.flags["cudnn.benchmark"] == "True"
    assert (found.flags["conv fp32 precision"], found.flags["matmul fp32 precision"]) == ("tf32", "ieee")  # torch's own
    with prepared(CARD, ProfileSettings(dtype="fp32")):
        assert environment(CARD, ProfileSettings()).flags["conv fp32 precision"] == "ieee"
    with prepared(CARD, ProfileSettings(dtype="tf32")):
        assert environment(CARD, ProfileSettings()).flags["matmul fp32 precision"] == "tf32"


def test_the_environment_of_a_cpu_computes_by_ieee() -> None:
    found = environment(CPU, ProfileSettings(autotune=True))
    assert (found.device, found.name, found.python) == ("cpu", device.title(CPU), platform.python_version())
    assert found.system == f"{platform.system()} {platform.release()}"
    flags_of_cards = ("conv fp32 precision", "matmul fp32 precision", "cudnn.benchmark")
    assert [found.flags[name] for name in flags_of_cards] == ["ieee", "ieee", ""]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("processor\t: 0\nvendor_id\t: X\nmodel name\t: A: fast CPU\nmodel name\t: another\n", "A: fast CPU"),
        ("processor\t: 0\n", platform.processor() or platform.machine() or "cpu"),
    ],
)
def test_the_title_of_a_cpu_is_its_model_name(text: str, title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_text", lambda _: text)
    assert device.title(CPU) == title


def test_a_device_that_can_do_what_is_asked_is_returned() -> None:
    assert check(ProfileSettings(dtype="fp32")) == CPU
