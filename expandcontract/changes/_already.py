"""What stands under a name that a change is about to give; later it could be taken for ours."""

from expandcontract.model.names import TableName, literal
from expandcontract.model.probe import Probe
from expandcontract.model.trial import Trial


def nothing_is_called(name: TableName, what: str, stands: Probe) -> Trial:
    """An objection where something stands there before the change has begun."""
    return Trial(
        text=f"the name {name.plain}",
        sql=f"SELECT {literal(what)} WHERE {stands.inlined()}",
        is_question=True,
        cure="drop that, or choose another name",
    )
