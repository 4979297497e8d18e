"""The ten checks: an outcome each whatever happens, with passes and failures told apart."""

from dataclasses import replace
from functools import partial

import pytest
import torch

from resnet_viz.device import info as device_info
from resnet_viz.device.cpu_load import CpuLoad, CpuTimes
from resnet_viz.errors import SpecError
from resnet_viz.selfcheck import checks as module
from resnet_viz.selfcheck.check_setup import CheckSetup, check_setup
from resnet_viz.selfcheck.checks import checks, others_share
from resnet_viz.selfcheck.outcome import Outcome
from tests.selfcheck.small_checks import SETUP


def fine(_: CheckSetup) -> Outcome:
    return Outcome(0, "", "fine", True)


def broken(_: CheckSetup) -> Outcome:
    raise RuntimeError("no such kernel\nand more")


def test_there_are_ten_checks_and_each_has_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    titles = [title for title, _ in module.all_checks()]
    monkeypatch.setattr(module, "all_checks", lambda: tuple((title, fine) for title in titles))
    outcomes = list(checks(SETUP))
    assert [outcome.number for outcome in outcomes] == list(range(1, 11))
    assert [outcome.title for outcome in outcomes] == titles
    assert outcomes[3].line == " 4  pass  Σ of the layers against the whole network: fine"


def test_every_check_is_made_once() -> None:
    made = [check for _, check in module.all_checks()]
    assert len(set(made)) == len({title for title, _ in module.all_checks()}) == 10


def test_a_check_that_raises_has_failed_and_the_others_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "all_checks", lambda: (("first", fine), ("second", broken), ("third", fine)))
    outcomes = list(checks(SETUP))
    assert [outcome.passed for outcome in outcomes] == [True, False, True]
    assert outcomes[1].line == " 2  FAIL  second: RuntimeError: no such kernel"


def test_a_cuda_device_is_checked_more_strictly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_info, "find", torch.device)
    card, cpu = check_setup("cuda:1"), check_setup("cpu")
    assert (card.on_cuda, cpu.on_cuda) == (True, False)
    assert card.agreement < cpu.agreement
    assert card.settings().device == "cuda:1"
    assert card.settings(seconds=1.5, batch=8).seconds == 1.5
    assert cpu.settings().seconds == cpu.seconds


def test_a_device_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SpecError, match="this machine has"):
        check_setup("cuda:99")


def test_each_outcome_has_the_share_of_the_processor_that_others_took(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure on a CPU says it where it is more than a tenth."""
    monkeypatch.setattr(module, "all_checks", lambda: (("first", fine), ("second", broken)))
    for share, said in ((0.4567, "; other programs took 46 % of the processor meanwhile"), (0.10, "")):
        monkeypatch.setattr(module, "others_share", partial(lambda share, _: share, share))
        passed, failed = checks(SETUP)
        assert (passed.others, failed.others) == (share, share)
        assert passed.figure == "fine"
        assert failed.figure == f"RuntimeError: no such kernel{said}"
        assert list(checks(replace(SETUP, device=torch.device("cuda:0"))))[1].figure == "RuntimeError: no such kernel"


def test_the_share_is_that_since_the_load_was_made() -> None:
    readings = iter([CpuTimes(10.0, 4.0, 3.0), CpuTimes(20.0, 5.0, 7.0), CpuTimes(20.0, 5.0, 7.0)])
    load = CpuLoad(lambda: next(readings))
    assert others_share(load) == 0.5
    assert others_share(CpuLoad(lambda: CpuTimes(1.0, 1.0, 0.0))) is None
