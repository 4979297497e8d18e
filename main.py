"""Starts resnet_viz from a checkout: `python main.py`."""

import sys

try:
    from resnet_viz.__main__ import main
except ModuleNotFoundError as missing:
    sys.exit(f"resnet_viz needs the package '{missing.name}': install everything with  pip install -e .")
except KeyboardInterrupt:
    sys.exit(130)

if __name__ == "__main__":
    sys.exit(main())
