import sys

import pytest

from gateway import cli


def told_by(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["intake110", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0), capsys.readouterr().err


def test_a_missing_file_is_told_by_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = told_by(monkeypatch, capsys, "trace", "play", "/nowhere.ami.txt")
    assert (code, told) == (2, "intake110: /nowhere.ami.txt: No such file or directory\n")


def test_a_fault_of_ours_is_one_sentence_with_its_cure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = told_by(monkeypatch, capsys, "serve", "-c", "/nowhere.toml")
    assert code == 2
    assert told == "intake110: /nowhere.toml: cannot be read (No such file or directory)\n"


def test_only_the_family_that_is_asked_for_is_loaded() -> None:
    tree = cli.build(["trace", "play"])
    assert {group.name for group in tree.registered_groups} == {"trace"}
    assert cli.build(["--help"]).registered_groups == []


def test_help_lists_every_family() -> None:
    told = {command.name: command.help for command in cli.build(["--help"]).registered_commands}
    assert {"serve", "check", "demo", "trace", "events", "rules", "models", "users"} <= set(cli.families())
    assert set(told) == set(cli.families())
    assert told["users"] == "Who may sign in to the pages."
    assert all(told.values())


def test_no_familys_help_begins_with_its_own_name() -> None:
    for family in cli.families():
        group = cli.build([family]).registered_groups[0].typer_instance
        told = group.info.help if group is not None else ""
        assert not str(told or "").startswith(("intake110", "`intake110")), family
