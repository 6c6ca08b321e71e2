import json
from dataclasses import replace

from hypothesis import given, settings

from expandcontract.model.lock import Lock
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.model.probe import ALWAYS
from expandcontract.model.statement import Statement
from tests.model.strategies import plans


@settings(max_examples=40)
@given(plans)
def test_a_plan_survives_being_kept(plan: Plan) -> None:
    again = Plan.from_document(json.loads(json.dumps(plan.document())))

    assert again == plan
    assert again.fingerprint == plan.fingerprint


@settings(max_examples=20)
@given(plans, plans)
def test_another_plan_has_another_fingerprint(one: Plan, other: Plan) -> None:
    assert (one == other) == (one.fingerprint == other.fingerprint)


def test_a_fingerprint_is_the_same_in_every_process_and_release() -> None:
    step = Step(
        name="a",
        phase=Phase.SWITCH,
        summary="é",
        done=ALWAYS,
        statements=(Statement(sql="SELECT 1", lock=Lock.SHARE),),
    )

    assert Plan(steps=(step,)).fingerprint == (
        "63a19c909ed0044cc0f6c67fac337ce008f94d15a79975d78b24fd8851bf8457"
    )


def test_the_steps_of_a_phase_keep_their_order() -> None:
    step = Step(name="a", phase=Phase.EXPAND, summary="", done=ALWAYS)
    plan = Plan(steps=(step, replace(step, name="b", phase=Phase.SWITCH), replace(step, name="c")))

    assert [[step.name for step in plan.of(phase)] for phase in Phase] == [
        ["a", "c"],
        [],
        ["b"],
        [],
    ]


def test_a_step_is_transactional_when_all_its_statements_are() -> None:
    inside = Statement(sql="a")
    outside = replace(inside, transactional=False)
    step = Step(name="a", phase=Phase.EXPAND, summary="", done=ALWAYS, statements=(inside,))

    assert step.transactional
    assert not replace(step, statements=(outside,)).transactional
    assert not step.by_ledger
