"""Run a command with throw-away servers: `python -m csom.embedded pytest`."""

import subprocess
import sys

from csom.embedded import EmbeddedError, for_tests


def main(command: list[str]) -> int:
    try:
        for_tests()
    except EmbeddedError as problem:
        print(problem, file=sys.stderr)
        return 1
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
