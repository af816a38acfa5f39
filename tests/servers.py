"""Real servers before Django reads its settings: started once, by the controller, for all workers."""

import os

from csom.embedded import for_tests

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("STATIC_MANIFEST", "0")
for_tests()
