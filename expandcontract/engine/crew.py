"""The workers of one process: one on the runner's own session, or several with one each."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from expandcontract.engine.events import Event
from expandcontract.engine.helm import Helm
from expandcontract.engine.reconnecting import Reconnecting
from expandcontract.engine.runner import Runner
from expandcontract.engine.walking import Worker
from expandcontract.errors import ConnectionLostError
from expandcontract.postgres.session import Session

LOOK_EVERY = 0.15


@dataclass(slots=True)
class Hand:
    """A worker in a thread, and how it ended."""

    worker: Worker
    thread: threading.Thread = field(init=False)
    error: BaseException | None = None

    def __post_init__(self) -> None:
        name = f"worker {self.worker.number + 1}"
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)

    def _run(self) -> None:
        try:
            self.worker.work()
        except BaseException as error:  # noqa: BLE001  # raised again by who waits for it
            self.error = error
        finally:
            self.worker.session.close()


class Crew:
    """Starts as many workers as are wanted, and waits for them."""

    def __init__(self, runner: Runner, reconnecting: Reconnecting) -> None:
        self._lock = threading.Lock()
        self.runner = replace(runner, tell=self._tell(runner))
        self._reconnecting = reconnecting

    def _tell(self, runner: Runner) -> Callable[[Event], None]:
        """Events come from several threads; who is told hears one at a time."""

        def tell(event: Event) -> None:
            with self._lock:
                runner.tell(event)

        return tell

    def work(self, helm: Helm) -> None:
        """Until all lanes are done; alone where one is enough, or no second session can be had."""
        helm.recognise = self._reconnecting.recognise
        try:
            while not helm.finished.is_set():
                if helm.runner.workers == 1 or not helm.may_split:
                    self._alone(helm)
                else:
                    self._together(helm)
        finally:
            helm.close(self.runner.session)

    def _alone(self, helm: Helm) -> None:
        Worker(
            helm=helm, session=self.runner.session, reconnecting=self._reconnecting, leads=True
        ).work()

    def _together(self, helm: Helm) -> None:
        hands: list[Hand] = []
        try:
            self._lead(helm, hands)
        finally:
            helm.dismissed.set()
            for hand in hands:
                hand.thread.join()
            helm.dismissed.clear()
        for hand in hands:
            if hand.error is not None:
                raise hand.error

    def _lead(self, helm: Helm, hands: list[Hand]) -> None:
        """Look at the ledger and the signals for all, and keep the crew at its size."""
        while not helm.finished.is_set() and not any(hand.error for hand in hands):
            helm.safe_point()
            try:
                helm.look(self.runner.session)
                if helm.runner.workers == 1:
                    return
                self._fill_up(helm, hands)
                if not hands:  # no second session can be had
                    return
            except ConnectionLostError as error:
                self._reconnecting.again(self.runner.session, error)
            helm.finished.wait(LOOK_EVERY)

    def _fill_up(self, helm: Helm, hands: list[Hand]) -> None:
        hands[:] = [hand for hand in hands if hand.thread.is_alive() or hand.error]
        taken = {hand.worker.number for hand in hands}
        for number in set(range(helm.runner.workers)) - taken:
            session = self._session(helm)
            if session is None:
                return
            worker = Worker(
                helm=helm,
                session=session,
                reconnecting=self._reconnecting,
                leads=False,
                number=number,
            )
            hands.append(Hand(worker))
            hands[-1].thread.start()

    def _session(self, helm: Helm) -> Session | None:
        session = self.runner.session.sibling()
        helm.may_split = session is not None
        return session
