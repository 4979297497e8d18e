"""Exported sources of random specs are the network that our modules make."""

from pathlib import Path

from tests.campaigns.extent import extent, random_source
from tests.export.sources import exercised_sources, output_of_the_same
from tests.spec.random_specs import random_specs


def test_sources_have_our_keys_and_outputs(tmp_path: Path) -> None:
    count, seed = extent(daily=60, long=500), random_source().randrange(10**6)
    specs = {str(number): spec for number, spec in enumerate(random_specs(count, seed))}
    exercised_sources(specs, tmp_path, {name: list(spec.input) for name, spec in specs.items()})
    outputs = [output_of_the_same(tmp_path, name, spec, list(spec.input)) for name, spec in specs.items()]
    assert sum(output is not None and bool(output.any()) for output in outputs) > 0.8 * count
