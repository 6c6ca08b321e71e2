"""The process of a server: up, down, dead, frozen."""

import signal
import subprocess
from pathlib import Path

from expandcontract.embedded import ports, processes
from expandcontract.embedded.data import ENVIRONMENT, House
from expandcontract.embedded.errors import ServerStartError
from expandcontract.embedded.waiting import PATIENCE, wait_until

_ATTEMPTS = 5


class Postmaster:
    """Owns the operating system's side of a server; knows nothing of SQL.

    A port is chosen at the first start and kept, so that clients find the server again.
    """

    def __init__(self, name: str, house: House) -> None:
        self.name = name
        self.data = house.directory / name
        self.port = 0
        self._house = house
        self._log = house.directory / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether there is a process, be it frozen."""
        return self._process is not None and self._process.poll() is None

    def log(self) -> str:
        """All that the server has written so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start and wait until connections are accepted; again on the port of before."""
        if self.running:
            return
        self._bury()  # Somebody else may have ended it.
        if self.port:
            self._launch()
            return
        for left in reversed(range(_ATTEMPTS)):
            self.port = ports.free()
            try:
                self._launch()
            except ServerStartError as error:
                if not left or "could not bind" not in error.log:
                    raise
            else:
                return

    def stop(self, how: int = signal.SIGINT) -> None:
        """End all sessions and shut down; by SIGQUIT without waiting for anything."""
        if self._process is not None and self.running:
            self.thaw()
            self._process.send_signal(how)
            self._bury()

    def kill(self) -> None:
        """End all processes at once, as a power cut would."""
        if self._process is not None and self.running:
            members = processes.kill(self._process.pid)
            self._bury()
            processes.wait_gone(members, PATIENCE)

    def freeze(self) -> None:
        """Stop the postmaster, then its children: it might have another one before."""
        if self._process is not None and self.running:
            self._process.send_signal(signal.SIGSTOP)
            processes.send(processes.family(self._process.pid), signal.SIGSTOP)

    def thaw(self) -> None:
        """Let the frozen go on where they were."""
        if self._process is not None and self.running:
            processes.send(processes.family(self._process.pid), signal.SIGCONT)

    def _launch(self) -> None:
        begin = self._log.stat().st_size if self._log.exists() else 0
        program = self._house.binaries.program("postgres")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [program, "-D", self.data, "-p", str(self.port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=Path("/"),
                env=ENVIRONMENT,
                start_new_session=True,  # Ctrl-C is for us; the server is stopped in order.
                **self._house.account.popen,
            )
        self._house.watchdog.born(self._process.pid)
        try:
            wait_until(self._ready_or_gone, server=self.name, awaited="readiness")
        except BaseException:
            self.kill()
            raise
        if not self.running:
            self._bury()
            raise ServerStartError(self.name, "did not start", self.log()[begin:])

    def _ready_or_gone(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            return True
        try:
            written = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        # A killed server leaves its file, with "ready" in it and its old process id.
        return written[:1] == [str(self._process.pid)] and written[7:8] == ["ready   "]

    def _bury(self) -> None:
        """Wait for the process to end, and forget its id before somebody else gets it."""
        if self._process is None:
            return
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            processes.kill(self._process.pid)
            self._process.wait()
        self._house.watchdog.gone(self._process.pid)
        self._process = None
