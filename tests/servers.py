"""Real servers before Django reads its settings: started once, by the controller, for all workers."""

import os

from csom.embedded import for_tests
from csom.embedded.throwaway import NAMES

# Nobody else is on servers that this process has started: a chaos run may end them and start them again.
OURS_ALONE = not all(os.environ.get(name) for name in NAMES)

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("STATIC_MANIFEST", "0")
for_tests()
