"""Runs every test under coverage, and checks the share of lines that ran: `python -m tests.coverage_check`."""

import subprocess
import sys

LEAST_PERCENT = {"--include=resnet_viz/gui/*": 80, "--omit=resnet_viz/gui/*": 92}
RUN = (("run", "-m", "pytest", "-n", "2"), ("combine", "-q"))


def coverage(*arguments: str) -> int:
    """Run one command of coverage; return its exit status."""
    return subprocess.run([sys.executable, "-m", "coverage", *arguments], check=False).returncode


def main() -> int:
    """Print the coverage of each module; return 1 if a test fails or too few lines ran."""
    if any(coverage(*command) for command in RUN):
        return 1
    statuses = [coverage("report", part, f"--fail-under={least}") for part, least in LEAST_PERCENT.items()]
    return int(any(statuses))


if __name__ == "__main__":
    sys.exit(main())
