"""Ctrl-C comes when it comes: in the moments in which `ec` still loads, too."""

import signal
import subprocess
import sys
import time

import pytest

from expandcontract import __main__ as start
from expandcontract.cli import Exit

# The interpreter itself is not ours to guard: what is timed begins where our first line runs.
PROGRAM = (
    "import sys; from expandcontract.__main__ import main; sys.argv[0] = 'ec';"
    "sys.stdout.write('here\\n'); sys.stdout.flush(); main()"
)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("delay", [0.005, 0.02, 0.05, 0.1])
def test_an_interruption_while_it_loads_is_one_line(delay: float, number: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "--help"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(number)
        _, said = process.communicate(timeout=30)

    assert "Traceback" not in said
    if process.returncode != Exit.DONE:  # it was over already
        assert process.returncode == Exit.STOPPED
        # Once the command runs, it leaves the line on which the terminal shows ^C.
        assert said.strip().startswith("stopped: on request")
        assert len(said.strip().splitlines()) == 1


def test_the_code_is_the_commands_own() -> None:
    assert start.STOPPED == Exit.STOPPED
