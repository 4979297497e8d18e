"""The command presets: all named networks, by family, with the weights that were published."""

from resnet_viz.spec.catalog.families import FAMILIES
from resnet_viz.spec.catalog.timm_data import PRETRAINED, RELEASE
from resnet_viz.spec.presets import PRESETS
from tests.cli.asking import Capture, answered, printed, refused


def test_all_presets_are_listed_for_readers_and_as_json(capsys: Capture) -> None:
    page = printed(capsys, "presets")
    assert all(f"\n{name} " in page for name in PRESETS)
    assert max(len(line) for line in page.splitlines()) < 140
    assert "arXiv" not in page
    found = answered(capsys, "presets")
    assert [entry["name"] for entry in found] == list(PRESETS)
    assert set(found[0]) == {
        "name", "title", "description", "source", "spec", "family", "year", "pretrained", "release",
    }  # fmt: skip


def test_the_page_is_ordered_by_family_and_names_the_release_of_timm(capsys: Capture) -> None:
    page = printed(capsys, "presets")
    headings = [line.partition(" · ")[0] for line in page.splitlines() if " · " in line]
    assert headings == [*FAMILIES]
    assert page.startswith(f"ResNet and ResNetV2 are all those of {RELEASE}. ")
    assert "\nOther norms · 2018, 2019, 2020\n" in page
    releases = {entry["name"]: entry["release"] for entry in answered(capsys, "presets")}
    assert {name for name, release in releases.items() if release == RELEASE} == {*PRETRAINED}
    assert releases["resnet20_cifar"] is None


def test_every_word_narrows_the_list(capsys: Capture) -> None:
    found = answered(capsys, "presets", "hu", "2017", "101")
    assert {entry["name"] for entry in found} == {
        name for name in PRESETS if name.startswith(("seresnet101", "seresnext101", "seresnextaa101"))
    }
    sentence = "There is no network with 'resnet 1815'; presets lists all of them."
    assert refused(capsys, "presets", "resnet", "1815") == sentence


def test_weights_are_listed_with_the_preprocessing_of_their_images(capsys: Capture) -> None:
    lines = [line.split() for line in printed(capsys, "presets", "--weights", "resnetv2_50x1_bit").splitlines()]
    assert ["resnetv2_50x1_bit.goog_in21k", "224", "224", "0.875", "0.875", "bilinear", "0.5,", "0.5,", "0.5",
            "21843"] in lines  # fmt: skip
    assert ["resnetv2_50x1_bit.goog_in21k_ft_in1k", "448", "448", "1", "1", "bilinear", "0.5,", "0.5,", "0.5",
            "1000"] in lines  # fmt: skip
    assert "resnet200.untrained" in printed(capsys, "presets", "resnet200", "--weights")
    assert "no weights" in printed(capsys, "presets", "resnet200", "--weights")
    assert "gluon_in1k" not in printed(capsys, "presets", "resnet50")
    assert printed(capsys, "presets", "cifar", "--weights").endswith("timm has no weights for these networks.\n")
    (entry,) = answered(capsys, "presets", "senet154")
    assert [weights["tag"] for weights in entry["pretrained"]] == ["gluon_in1k"]
    assert entry["pretrained"][0]["std"] == [0.229, 0.224, 0.225]
