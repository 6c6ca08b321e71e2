from hypothesis import given

from expandcontract.model.names import literal
from expandcontract.model.probe import ALWAYS, NEVER, Probe
from tests.model.strategies import probes


def filled(probe: Probe) -> str:
    """What the driver makes of a probe."""
    return probe.sql % {name: literal(value) for name, value in probe.params.items()}


@given(probes())
def test_an_inlined_question_is_the_one_that_the_driver_asks(probe: Probe) -> None:
    assert probe.inlined() == filled(probe)


@given(probes(), probes(), probes())
def test_joined_questions_keep_their_own_parameters(a: Probe, b: Probe, c: Probe) -> None:
    assert filled(a | b) == f"({filled(a)}) OR ({filled(b)})"
    assert filled(a & (b | ~c)) == f"({filled(a)}) AND (({filled(b)}) OR (NOT ({filled(c)})))"
    assert filled((a | b) & c) == f"(({filled(a)}) OR ({filled(b)})) AND ({filled(c)})"


@given(probes())
def test_a_question_survives_being_kept(probe: Probe) -> None:
    again = Probe.from_document(probe.document())

    assert again == probe
    assert hash(again) == hash(probe)


def test_there_is_a_question_for_either_answer() -> None:
    assert (ALWAYS.inlined(), NEVER.inlined()) == ("true", "false")


def test_a_value_that_looks_like_a_parameter_is_a_value() -> None:
    probe = Probe("%(a)s = %(b)s", {"a": "%(b)s", "b": "100%%"})

    assert probe.inlined() == "'%(b)s' = '100%%'"
