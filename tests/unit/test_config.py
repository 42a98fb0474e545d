from pathlib import Path

import pytest

from gateway.config import ConfigError, load

SHIPPED = Path(__file__).parents[2] / "conf" / "gateway.toml"


def write(folder: Path, text: str, name: str = "gateway.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_shipped_file_loads_and_names_every_key_once_with_its_default() -> None:
    config = load(SHIPPED)
    assert config.site.name == "site"
    assert config.pbx[0].username == "intake110"
    assert config.triage.rules == SHIPPED.parent / "rules"


def test_every_key_of_the_configuration_is_explained_in_the_shipped_file() -> None:
    from pydantic import BaseModel

    from gateway.config import Config

    def keys(model: type[BaseModel]) -> set[str]:
        found: set[str] = set()
        for name, info in model.model_fields.items():
            found.add(name)
            for inner in (info.annotation, *getattr(info.annotation, "__args__", ())):
                if isinstance(inner, type) and issubclass(inner, BaseModel):
                    found |= keys(inner)
        return found

    text = SHIPPED.read_text(encoding="utf-8")
    assert [key for key in sorted(keys(Config)) if key not in text] == []


def test_unknown_key_names_file_line_and_the_nearest_right_name(tmp_path: Path) -> None:
    file = write(tmp_path, "[web]\nprot = 8110\n")
    with pytest.raises(ConfigError, match=rf"{file}:2: unknown key 'web.prot'; did you mean 'port'\?"):
        load(file)


def test_unknown_section_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"unknown key 'speach'; did you mean 'speech'"):
        load(write(tmp_path, "[speach]\nenabled = true\n"))


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, '[web]\nport = "x"\n[site]\ntimezone = "Mars/Base"\n'))
    assert "web.port" in str(caught.value)
    assert "Asia/Shanghai" in str(caught.value)


def test_two_pbxs_of_one_name_are_refused(tmp_path: Path) -> None:
    block = '[[pbx]]\nname = "a"\nsecret_env = "X"\n'
    with pytest.raises(ConfigError, match="two \\[\\[pbx\\]\\] are called 'a'"):
        load(write(tmp_path, block + block))


def test_includes_are_merged_in_order_and_their_paths_count_from_their_own_folder(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    write(inner, '[triage]\nrules = "packs"\n[web]\nport = 9000\n', "more.toml")
    config = load(write(tmp_path, 'include = ["inner/*.toml"]\n[web]\nport = 8000\n'))
    assert config.triage.rules == inner / "packs"
    assert config.web.port == 9000


def test_including_in_a_circle_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="circle"):
        load(write(tmp_path, 'include = ["gateway.toml"]\n'))


def test_broken_toml_says_which_file(tmp_path: Path) -> None:
    file = write(tmp_path, "[web\n")
    with pytest.raises(ConfigError, match=str(file)):
        load(file)


def test_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none.toml")


def test_secret_comes_from_file_or_environment_and_never_from_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "s").write_text("hush\n")
    config = load(
        write(
            tmp_path,
            '[[pbx]]\nname = "a"\nsecret_file = "s"\n[[pbx]]\nname = "b"\nsecret_env = "INTAKE_TEST"\n',
        )
    )
    monkeypatch.setenv("INTAKE_TEST", "quiet")
    assert [pbx.secret() for pbx in config.pbx] == ["hush", "quiet"]
    assert "hush" not in repr(config)


def test_missing_secret_says_what_to_write(tmp_path: Path) -> None:
    config = load(write(tmp_path, '[[pbx]]\nname = "a"\n'))
    with pytest.raises(ConfigError, match="secret_file"):
        config.pbx[0].secret()


def test_store_defaults_to_sqlite_in_the_state_folder(tmp_path: Path) -> None:
    config = load(write(tmp_path, '[gateway]\nstate_dir = "state"\n'))
    assert config.store_url() == f"sqlite:///{tmp_path}/state/intake110.db"


def test_language_models_are_found_from_the_file_they_stand_in_and_named_by_tags(tmp_path: Path) -> None:
    speech = load(
        write(tmp_path, '[speech]\naccurate_model = "large"\n[speech.languages]\nen = "m/en"\n')
    ).speech
    assert speech.languages == {"en": tmp_path / "m/en"}
    assert speech.accurate_model == tmp_path / "large"
    with pytest.raises(ConfigError, match="languages"):
        load(write(tmp_path, '[speech.languages]\nEnglish = "m/en"\n'))


def test_a_canary_without_its_number_or_its_pbx_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    pbx = '[[pbx]]\nname = "one"\nsecret_env = "X"\n'
    file.write_text(f"{pbx}[canary]\nenabled = true\n")
    with pytest.raises(ConfigError, match="has no number"):
        load(file)
    file.write_text(f'{pbx}[canary]\nenabled = true\nnumber = "110110"\npbx = "two"\n')
    with pytest.raises(ConfigError, match="known: one"):
        load(file)
