"""Values behave as frozen dataclasses do, and are known to `dataclasses`."""

import copy
import dataclasses
import pickle

import pytest

from expandcontract.model.value import field, names_of, replace, value


@value(kw_only=True)
class Named:
    """Fields by name, with every kind of default."""

    name: str
    size: int = 1
    parts: tuple[str, ...] = ()
    origin: object = field(default=None, compare=False)
    seen: list[str] = field(default_factory=list, repr=False)


@value
class Pair:
    """Fields by place."""

    left: int
    right: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.left + self.right


@value(frozen=False)
class Counter:
    """What may be changed."""

    count: int = 0


def test_a_value_is_made_by_name_or_by_place() -> None:
    """Defaults fill what is left out; a factory is called for each value."""
    one, two = Named(name="a"), Named(name="a")
    assert (one.size, one.parts, one.origin) == (1, (), None)
    assert one.seen == []
    assert one.seen is not two.seen
    assert Pair(1).total == 1
    assert Pair(1, right=2).total == 3


def test_a_value_refuses_wrong_arguments() -> None:
    """As a function with these parameters would."""
    with pytest.raises(TypeError):
        Named("a")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Named()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Pair(1, 2, 3)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Pair(middle=1)  # type: ignore[call-arg]


def test_values_are_equal_by_their_fields() -> None:
    """A field may be left out; another class is another thing; equal values hash alike."""
    assert Pair(1, 2) == Pair(1, 2) != Pair(1, 3)
    assert len({Pair(1, 2), Pair(1, 2), Pair(2, 1)}) == 2
    assert Named(name="a", origin=1) == Named(name="a", origin=2)
    assert Pair(1, 2) != Named(name="a")  # type: ignore[comparison-overlap]
    with pytest.raises(TypeError):
        hash(Counter())


def test_a_value_cannot_be_changed_unless_it_says_so() -> None:
    """Assignment, deletion and new attributes are refused."""
    with pytest.raises(AttributeError):
        Pair(1).left = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del Pair(1).left
    counter = Counter()
    counter.count += 1
    assert counter == Counter(1)
    with pytest.raises(AttributeError):
        counter.other = 1  # type: ignore[attr-defined]


def test_a_value_is_copied_replaced_and_pickled() -> None:
    """Processes hand values to each other."""
    one = Named(name="a", seen=["b"])
    assert replace(one, size=2) == Named(name="a", size=2, seen=["b"])
    assert dataclasses.replace(one, size=2) == replace(one, size=2)
    assert pickle.loads(pickle.dumps(one)) == copy.copy(one) == one  # noqa: S301
    assert repr(Pair(1)) == "Pair(left=1, right=0)"
    assert "seen" not in repr(one)


def test_dataclasses_knows_values() -> None:
    """Whoever walks over results with `dataclasses` goes on doing so."""
    one = Named(name="a", parts=("b",))
    assert dataclasses.is_dataclass(one)
    assert tuple(f.name for f in dataclasses.fields(Named)) == names_of(Named)
    assert dataclasses.asdict(one)["parts"] == ("b",)


def test_a_value_is_matched_by_its_fields() -> None:
    """By place too, unless its fields have names only."""
    match Pair(3, 4):
        case Pair(left, right):
            assert (left, right) == (3, 4)
