"""Where the public data lies that is measured on: `BENCH_DATA`, beside the project if not given."""

import os
from pathlib import Path

DATA = Path(os.environ.get("BENCH_DATA", Path(__file__).parents[3] / "shared" / "data"))
