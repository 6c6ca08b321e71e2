"""Two releases write for as long as EC_SOAK_SECONDS says, while a rename goes by under them."""

import json
import os
import subprocess
import sys

EC = "import sys; from expandcontract.cli import main; main(sys.argv[1:])"


def test_no_request_fails_however_long_it_takes() -> None:
    seconds = os.environ.get("EC_SOAK_SECONDS", "60")

    done = subprocess.run(
        [sys.executable, "-c", EC, "demo", "--json", "--seconds", seconds],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=float(seconds) + 300,
    )

    summary = json.loads(done.stdout.splitlines()[-1])
    print(f"\n{json.dumps(summary, indent=2)}")  # noqa: T201  (what the run is for)
    assert summary["mismatches"] == 0
    for release in ("old", "new"):
        assert summary["requests"][release]["done"] > 0
        assert summary["requests"][release]["failed"] == 0
