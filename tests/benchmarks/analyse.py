"""Our analysis against torchinfo plus fvcore on the same networks, in one run: ratios of time and of memory growth.

Run: python tests/benchmarks/analyse.py
"""

import json
import logging
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from statistics import median

NETWORKS = (("resnet50", 6), ("resnet152", 10), ("preact_resnet1001_cifar", 15))
DEPTHS = (101, 302, 1001, 3002)
REPEATS = 5


def peak_mib() -> float:
    """The most memory this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours(name: str) -> Callable[[], object]:
    """Build, trace, shapes, counts, graph and its rules."""
    from resnet_viz.pipeline import analyse
    from resnet_viz.spec.presets import preset

    spec = preset(name)
    return lambda: analyse(spec).graph


def peer(name: str) -> Callable[[], object]:
    """torchinfo's summary and fvcore's count of the same module, built by us outside the timed range."""
    warnings.simplefilter("ignore")
    import torch
    import torchinfo
    from fvcore.nn import FlopCountAnalysis

    from resnet_viz.model.resnet import build
    from resnet_viz.spec.presets import preset

    logging.getLogger("fvcore").setLevel(logging.ERROR)
    spec = preset(name)
    network = build(spec, "cpu").eval()

    def count() -> object:
        torchinfo.summary(network, input_size=spec.input, verbose=0)
        counted = FlopCountAnalysis(network, torch.zeros(spec.input))
        return counted.unsupported_ops_warnings(False).uncalled_modules_warnings(False).total()

    return count


def measure(job: Callable[[], object], repeats: int) -> dict[str, float]:
    """The median time of a warm call in seconds, and by how much the first call raised the peak, in MiB."""
    before = peak_mib()
    start = time.perf_counter()
    job()
    first = time.perf_counter() - start
    growth = peak_mib() - before
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        job()
        seconds.append(time.perf_counter() - start)
    return {"seconds": median(seconds), "first": first, "growth_mib": growth}


def in_own_process(who: str, name: str, repeats: int) -> dict[str, float]:
    """`measure` in a fresh interpreter, so that neither side warms the other."""
    command = [sys.executable, __file__, who, name, str(repeats)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Print the ratios, and our time against depth."""
    print(f"{'network':26}{'ours':>10}{'peer':>10}{'ratio':>9}{'bar':>6}{'memory ours':>14}{'peer':>10}{'share':>8}")
    for name, bar in NETWORKS:
        mine, theirs = in_own_process("ours", name, REPEATS), in_own_process("peer", name, 2)
        ratio, share = theirs["seconds"] / mine["seconds"], mine["growth_mib"] / theirs["growth_mib"]
        times = f"{mine['seconds'] * 1e3:>7.1f} ms{theirs['seconds'] * 1e3:>7.0f} ms{ratio:>8.1f}×{bar:>5}×"
        print(f"{name:26}{times}{mine['growth_mib']:>10.1f} MiB{theirs['growth_mib']:>6.0f} MiB{share:>8.2f}")
    print("\nour time against depth (Bottleneck, four stages, 224²)")
    for depth in DEPTHS:
        found = in_own_process("ours", f"resnet{depth}", REPEATS)
        print(f"{depth:>6} layers {found['seconds'] * 1e3:>8.1f} ms {found['seconds'] * 1e6 / depth:>7.1f} µs a layer")


if __name__ == "__main__":
    if len(sys.argv) == 4:
        job = {"ours": ours, "peer": peer}[sys.argv[1]](sys.argv[2])
        print(json.dumps(measure(job, int(sys.argv[3]))))
    else:
        main()
