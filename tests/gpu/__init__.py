"""What has to be settled on a card: `bash tests/gpu/run.sh A B C D` (or `python -m tests.gpu A B C D`).

Four phases of under ten minutes each, every step in a process of its own with its own time limit:

A  the environment, precision of the dtypes, cost of timestamps, captures that fail, the program's selfcheck
B  profiles of ResNet-18, -50 and -152 at batch 1, 32 and 256, with kernel times; training steps
C  the three timers, memory, compared blocks, isolated layers, energy, a trace
D  end to end with torch.compile against a hand-tuned baseline, repeatability, DRAM bytes

Without a card: `DEVICE=cpu QUICK=1 bash tests/gpu/run.sh A B C D`.
"""
