"""Reading the YAML of packs and veto lists: plain values, each with its line, and one clear error for
whatever is wrong."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.speech.model import Leg
from gateway.triage.model import AlarmClass, Department, EmergencyPartner, Nature, VetoCode

MAX_PACK_BYTES = 4 << 20
"""Size of one file; a larger one is refused with this number."""

ModelT = TypeVar("ModelT", bound=BaseModel)


class RulePackError(Exception):
    """The rule pack {file}, line {line}, cannot be used: {what}. {cure}"""

    def __init__(self, *, file: str, line: int, what: str, cure: str) -> None:
        self.file, self.line, self.what, self.cure = file, line, what, cure
        super().__init__(f"{file}, line {line}: {what}. {cure}")


class Wire(BaseModel):
    """The base of everything read from a pack: an unknown key is an error, never passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def content_hash(sources: dict[str, bytes]) -> str:
    """SHA-256 over names and contents: what a verdict cites, so that it can be found which rules gave it."""
    digest = hashlib.sha256()
    for name, content in sorted(sources.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Source:
    """A YAML file as plain values, and the line on which each value stands (by its path)."""

    file: str
    value: Any
    lines: dict[tuple[str | int, ...], int]

    def line(self, path: Sequence[str | int]) -> int:
        """The line of `path`, or of the nearest thing around it."""
        for length in range(len(path), -1, -1):
            if (found := self.lines.get(tuple(path[:length]))) is not None:
                return found
        return 1

    def error(self, path: Sequence[str | int], what: str, cure: str) -> RulePackError:
        return RulePackError(file=self.file, line=self.line(path), what=what, cure=cure)


def read_yaml(name: str, content: bytes) -> Source:
    """Parse one file safely, keeping line numbers; raises RulePackError."""
    if len(content) > MAX_PACK_BYTES:
        raise RulePackError(
            file=name,
            line=1,
            what=f"the file has {len(content)} bytes",
            cure=f"At most {MAX_PACK_BYTES} are read.",
        )
    try:
        node = yaml.compose(content.decode("utf-8"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise RulePackError(
            file=name, line=line, what="a byte is not UTF-8", cure="Save the file as UTF-8."
        ) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = f"this is not YAML: {error.problem or error.context}"
        raise RulePackError(
            file=name, line=line, what=what, cure="Check indentation, quotes and colons."
        ) from error
    except yaml.YAMLError as error:
        raise RulePackError(
            file=name, line=1, what=f"this is not YAML: {error}", cure="Remove the odd character."
        ) from error
    lines: dict[tuple[str | int, ...], int] = {}
    return Source(name, _plain(name, node, (), lines), lines)


def _plain(
    name: str, node: yaml.Node | None, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int]
) -> Any:
    if node is None:
        return {}
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        made: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in made:
                raise RulePackError(
                    file=name,
                    line=key_node.start_mark.line + 1,
                    what=f"“{key}” is given twice",
                    cure="Keep one of them.",
                )
            made[key] = _plain(name, value_node, (*path, key), lines)
        return made
    if isinstance(node, yaml.SequenceNode):
        return [_plain(name, item, (*path, index), lines) for index, item in enumerate(node.value)]
    return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)


def validate(model: type[ModelT], source: Source) -> ModelT:
    """`source` as `model`; the first fault becomes a RulePackError with its line and, for a wrong word, the
    nearest right one."""
    try:
        return model.model_validate(source.value)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        path = [
            step for step in fault["loc"] if not isinstance(step, str) or not step.startswith("function-")
        ]
        where = ".".join(str(step) for step in path) or "the file"
        raise source.error(path, f"{where}: {fault['msg']}", _cure(fault, model)) from error


def _cure(fault: Any, model: type[BaseModel]) -> str:
    wrong = str(fault["loc"][-1]) if fault["type"] == "extra_forbidden" else str(fault.get("input", ""))
    known: list[str] = [
        field.alias or name
        for part in (model, *Wire.__subclasses__())
        for name, field in part.model_fields.items()
    ]
    if fault["type"] == "enum":
        known = [*AlarmClass, *Nature, *Department, *EmergencyPartner, *Leg, *VetoCode]
    nearest = difflib.get_close_matches(wrong, known, n=1)
    if fault["type"] in ("extra_forbidden", "enum") and nearest:
        return f"Did you mean “{nearest[0]}”?"
    return "See conf/rules/README.md for what may stand here."
