"""A number named to the dialplan: digits only, and never for ever."""

import pytest

from gateway.calls.linking import host_of
from gateway.pbx.account import UnsafeValue
from gateway.pbx.actions.ranks import name_number


def test_a_number_is_named_as_the_dialplan_looks_it_up() -> None:
    action = name_number(number="+8613800131234", until=1767600000)
    assert (action.name, dict(action.fields)) == (
        "Setvar", {"Variable": "I110_FLOOD_8613800131234", "Value": "1767600000"},
    )  # fmt: skip


@pytest.mark.parametrize(
    "number", ["", "12", "1380013)&SYSTEM(x", "1380\r\nAction: Logoff", "１３８００１３１２３４"]
)
def test_what_is_no_number_is_never_sent(number: str) -> None:
    with pytest.raises(UnsafeValue):
        name_number(number=number, until=0)


@pytest.mark.parametrize(
    ("told", "host"),
    [
        ("127.0.0.2:38257", "127.0.0.2"), ("[2001:db8::1]:5060", "[2001:db8::1]"),
        ("2001:db8::1", "2001:db8::1"), ("203.0.113.9", "203.0.113.9"), ("", ""),
    ],
)  # fmt: skip
def test_a_source_is_a_machine_and_not_its_port(told: str, host: str) -> None:
    assert host_of(told) == host
