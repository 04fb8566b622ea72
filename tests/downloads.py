"""Where downloads of the tests are kept: outside the clone, which they outlive."""

import os
from pathlib import Path


def cache() -> Path:
    """Return `TEST_CACHE_DIR`, or `~/.cache/technology-transfer-marketplace`."""
    default = Path.home() / ".cache" / "technology-transfer-marketplace"
    return Path(os.environ.get("TEST_CACHE_DIR") or default).resolve()
