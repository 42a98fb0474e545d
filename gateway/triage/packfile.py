# ruff: noqa: E501 (a sentence in two languages is read more easily in one line)
"""Reading the YAML of packs and veto lists: plain values, each with its place, and a clear word for whatever
is wrong.

The file is read as a stream of events and never as more than it is: no anchors and aliases (a few lines of
them unfold to gigabytes), no tags, no nesting deeper than a pack needs.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.speech.model import Leg
from gateway.triage.model import AlarmClass, Department, EmergencyPartner, Nature, VetoCode
from gateway.triage.problem import Mark, Report, Said, shown
from gateway.triage.scope import Scope

MAX_PACK_BYTES = 4 << 20
"""Size of one file; a larger one is refused with this number."""
MAX_DEPTH = 8
"""Lists and mappings within one another (a pack needs five); deeper is refused."""
_COMPARED = 80
"""Characters of a wrong word that are compared with the right ones."""
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser of libyaml where it is built in, ten times faster; the events are the same."""

ModelT = TypeVar("ModelT", bound=BaseModel)
Steps = tuple[str | int, ...]
"""The way to a value: keys and numbers of items."""


class Wire(BaseModel):
    """The base of everything read from a pack: an unknown key is an error, never passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def content_hash(sources: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents: what a verdict cites, so that it can be found which rules gave it."""
    digest = hashlib.sha256()
    for name, content in sorted(sources.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def read_folder(folder: Path) -> dict[str, bytes]:
    """`*.yaml` of a folder (not its sub-folders), name to content; no more of a file than shows that it is
    too large."""
    sources = {}
    for path in sorted(folder.glob("*.yaml")):
        with path.open("rb") as file:
            sources[path.name] = file.read(MAX_PACK_BYTES + 1)
    return sources


@dataclass(frozen=True, slots=True)
class Source:
    """A YAML file as plain values (texts, lists, mappings), where each of them stands, and the report that
    its faults go to."""

    file: str
    value: Any
    report: Report = field(repr=False)
    marks: dict[Steps, Mark] = field(repr=False)

    def mark(self, path: Sequence[str | int]) -> Mark:
        """The place of `path`, or of the nearest thing around it."""
        for length in range(len(path), -1, -1):
            if (found := self.marks.get(tuple(path[:length]))) is not None:
                return found
        return Mark(1)

    def error(self, path: Sequence[str | int], what: Said, cure: Said, rule_id: str | None = None) -> None:
        self.report.error(self.file, self.mark(path), what, cure, rule_id)

    def warn(self, path: Sequence[str | int], what: Said, cure: Said, rule_id: str | None = None) -> None:
        self.report.warn(self.file, self.mark(path), what, cure, rule_id)


def read_yaml(name: str, content: bytes, report: Report) -> Source | None:
    """Parse one file safely, keeping the place of everything; None when it cannot be read (its fault is in
    the report)."""
    if len(content) > MAX_PACK_BYTES:
        what = Said(f"文件有{len(content)}字节", f"the file has {len(content)} bytes")
        cure = Said(
            f"最多读{MAX_PACK_BYTES}字节，请拆成几个文件。", f"At most {MAX_PACK_BYTES} are read; split it."
        )
        report.error(name, Mark(1), what, cure)
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = len(before) - (before.rfind(b"\n") + 1) + 1
        what = Said("有一个字节不是UTF-8", "a byte is not UTF-8")
        cure = Said("请把文件另存为UTF-8编码。", "Save the file as UTF-8.")
        report.error(name, Mark(before.count(b"\n") + 1, column), what, cure)
        return None
    try:
        reader = _Reader()
        value = reader.read(yaml.parse(text, Loader=_LOADER))
    except _RefusedError as refused:
        report.error(name, refused.mark, refused.what, refused.cure)
        return None
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        reason = str(error.problem or error.context)
        what = Said(f"不是有效的YAML：{reason}", f"this is not YAML: {reason}")
        cure = Said("请检查缩进、引号和冒号。", "Check indentation, quotes and colons.")
        report.error(name, _mark(place) if place else Mark(1), what, cure)
        return None
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        what = Said(f"不是有效的YAML：{reason}", f"this is not YAML: {reason}")
        report.error(name, Mark(1), what, Said("请去掉这个特殊字符。", "Remove the odd character."))
        return None
    for mark, key in reader.twice:
        what = Said(f"“{key}”写了两次", f"“{key}” is given twice")
        report.error(name, mark, what, Said("只保留一个。", "Keep one of them."))
    return Source(name, {} if value is None else value, report, reader.marks)


class _RefusedError(Exception):
    """Something that YAML allows and a pack does not."""

    def __init__(self, mark: Mark, what: Said, cure: Said) -> None:
        self.mark, self.what, self.cure = mark, what, cure
        super().__init__(what.en)


class _Reader:
    """Events to plain values; keeps where each stands, and keys that stand twice."""

    def __init__(self) -> None:
        self.marks: dict[Steps, Mark] = {}
        self.twice: list[tuple[Mark, str]] = []

    def read(self, events: Iterator[Any]) -> Any:
        """The value of the only document, None when there is none."""
        value: Any = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    what = Said("文件里有第二个YAML文档（---）", "a second YAML document (---) begins")
                    cure = Said("请分成两个文件。", "Make two files of them.")
                    raise _RefusedError(_mark(event.start_mark), what, cure)
                value = self._value(next(events), events, ())
        return value

    def _value(self, event: Any, events: Iterator[Any], path: Steps) -> Any:
        mark = _mark(event.start_mark)
        self._allowed(event, mark, len(path))
        self.marks[path] = mark
        if isinstance(event, yaml.ScalarEvent):
            return None if event.implicit[0] and event.value in _NULLS else str(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(event := next(events), yaml.SequenceEndEvent):
                items.append(self._value(event, events, (*path, len(items))))
            return items
        made: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            at = _mark(event.start_mark)
            self._allowed(event, at, len(path))
            if not isinstance(event, yaml.ScalarEvent):
                what = Said("键名不是一个词", "a key is not a plain word")
                raise _RefusedError(at, what, Said("请给带括号的内容加引号。", "Put quotes around brackets."))
            key = str(event.value)
            if key in made:
                self.twice.append((at, key))
            made[key] = self._value(next(events), events, (*path, key))
        return made

    @staticmethod
    def _allowed(event: Any, mark: Mark, depth: int) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            what = Said(
                f"这里用了锚点或别名（{event.anchor}）", f"an anchor or alias ({event.anchor}) stands here"
            )
            cure = Said("规则包不读锚点和别名，请把内容写出来；以*或&开头的词要加引号。",
                        "Packs read none; write the content out, and quote a word that begins with * or &.")  # fmt: skip
            raise _RefusedError(mark, what, cure)
        if getattr(event, "tag", None) not in (None, "!"):
            what = Said(f"这里有标签{shown(event.tag)}", f"the tag {shown(event.tag)} stands here")
            raise _RefusedError(
                mark, what, Said("请去掉标签；以!开头的词要加引号。", "Remove it, or quote the word.")
            )
        if depth > MAX_DEPTH:
            what = Said(
                f"嵌套超过{MAX_DEPTH}层", f"more than {MAX_DEPTH} lists or mappings within one another"
            )
            raise _RefusedError(mark, what, Said("请检查缩进和括号。", "Check indentation and brackets."))


def _mark(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1)


def validate(
    model: type[ModelT], source: Source, value: Any, path: Steps = (), rule_id: str | None = None
) -> ModelT | None:
    """`value` (which stands at `path`) as `model`; every fault goes to the report with its place and, for a
    wrong word, the nearest right one; then None."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            steps = [
                step for step in fault["loc"] if step != "[key]" and not str(step).startswith("function-")
            ]
            where = ".".join(str(step) for step in steps)
            what = _what(fault)
            if where:
                what = Said(f"{where}：{what.zh}", f"{where}: {what.en}")
            source.error((*path, *steps), what, _cure(fault, model), rule_id)
        return None


def _what(fault: Any) -> Said:
    """A fault that pydantic found, in both languages; its own English where it is clear enough."""
    context, given = fault.get("ctx", {}), shown(fault.get("input", ""))
    if fault["type"] == "pack":
        return Said(context["zh"], context["en"])
    zh = {
        "extra_forbidden": "没有这个键",
        "missing": "缺少这一项",
        "enum": f"“{given}”不是可用的代码",
        "string_pattern_mismatch": f"“{given}”的写法不对",
        "greater_than_equal": f"“{given}”太小，最小{context.get('ge')}",
        "greater_than": f"“{given}”太小，要大于{context.get('gt')}",
        "less_than_equal": f"“{given}”太大，最大{context.get('le')}",
        "int_parsing": f"“{given}”不是整数",
        "float_parsing": f"“{given}”不是数字",
        "string_too_long": f"太长，最多{context.get('max_length')}个字",
        "string_too_short": "不能为空",
        "too_long": f"太多，最多{context.get('max_length')}项",
        "tuple_type": "这里要写成列表，例如 [词一, 词二]",
        "string_type": "这里要写一个词",
        "model_type": "这里要写键和值",
        "dict_type": "这里要写键和值",
    }.get(fault["type"], "写法不对")
    en = {
        "extra_forbidden": "there is no such key",
        "missing": "this is missing",
        "enum": f"“{given}” is not one of the codes",
        "string_pattern_mismatch": f"“{given}” is not written as it should be ({context.get('pattern')})",
        "tuple_type": "a list should stand here, such as [one, two]",
        "string_type": "one word should stand here",
        "model_type": "keys and values should stand here",
        "dict_type": "keys and values should stand here",
        "too_long": f"there are too many; at most {context.get('max_length')} are read",
    }.get(fault["type"], str(fault["msg"]))
    return Said(zh, en)


def _cure(fault: Any, model: type[BaseModel]) -> Said:
    wrong = str(fault["loc"][-1]) if fault["type"] == "extra_forbidden" else str(fault.get("input", ""))
    known: list[str] = [
        info.alias or name
        for part in (model, *Wire.__subclasses__())
        for name, info in part.model_fields.items()
    ]
    if fault["type"] == "enum":
        known = [*AlarmClass, *Nature, *Department, *EmergencyPartner, *Leg, *VetoCode, *Scope]
    nearest = difflib.get_close_matches(wrong[:_COMPARED], known, n=1)
    if fault["type"] in ("extra_forbidden", "enum") and nearest:
        return Said(f"是不是“{nearest[0]}”？", f"Did you mean “{nearest[0]}”?")
    if fault["type"] == "enum":
        codes = str(fault["ctx"]["expected"]).replace("'", "")
        return Said(f"可用的有：{codes}。", f"These may stand here: {codes}.")
    return Said("可以写什么，见 conf/rules/README.md。", "See conf/rules/README.md for what may stand here.")
