"""An XML body as a tree that is safe to have: what is well-formed up to the first break, within limits.

Nothing is ever fetched or expanded: a document type declaration ends the reading at its first byte, so there
are no entities, no bombs and no external files. Names are local names; the wild mixes up prefixes too freely
to insist on them, so only the kind of a document looks at the namespace. The parser is expat: it stands in
Python, reports lines, and can be ended at any element.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from gateway.location.bodies.gather import Gather

MAX_DEPTH = 48
"""Elements within each other; PIDF-LO in HELD in an envelope needs about fifteen. Deeper ends the reading."""
MAX_ELEMENTS = 20_000
"""Elements of one document; more end the reading, what came before counts."""
MAX_ATTRIBUTES = 64
"""Attributes of one element, declarations of namespaces too; more end the reading."""
MAX_PATH_PARTS = 8
"""Innermost elements of a path that are told."""


@dataclass(slots=True, eq=False)
class Node:
    """One element. `whole`: its end was seen; in a broken document that is what may be believed."""

    name: str
    namespace: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    line: int = 0
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    whole: bool = False

    @property
    def text(self) -> str:
        """Its own text, white space of any kind and length as one space."""
        return " ".join("".join(self.pieces).split())

    @property
    def where(self) -> str:
        """`presence/tuple/…/Circle, line 12`."""
        names = [self.name[:60]]
        names += [node.name[:60] for node in self.ancestors()]
        shown = list(reversed(names[:MAX_PATH_PARTS]))
        path = "/".join(["…", *shown] if len(names) > MAX_PATH_PARTS else shown)
        return f"{path}, line {self.line}" if self.line else path

    def ancestors(self) -> Iterator[Node]:
        """From the nearest outwards."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def walk(self) -> Iterator[Node]:
        """Itself and all within it, in document order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def all(self, *names: str) -> list[Node]:
        """Every element of such a name within it, itself too."""
        return [node for node in self.walk() if node.name in names]

    def named(self, *names: str) -> list[Node]:
        """Its own children of such a name."""
        return [node for node in self.children if node.name in names]

    def child(self, *names: str) -> Node | None:
        """The first of them."""
        return next(iter(self.named(*names)), None)

    def leaves(self) -> str:
        """All text within it, one space between."""
        return " ".join(text for node in self.walk() if (text := node.text))


def parse(text: str, gather: Gather) -> Node | None:
    """The root, or None where there is none to speak of; every fault goes to `gather`."""
    builder = _Builder(gather)
    # blank lines before the declaration are common in SIP bodies; expat would refuse them
    body = text.lstrip()
    builder.skipped = text[: len(text) - len(body)].count("\n")
    try:
        builder.parser.Parse(body.encode("utf-8", "replace"), True)
    except _Ended as ended:
        gather.fault(str(ended), f"line {builder.line}")
        return None if ended.entirely else builder.root
    except expat.ExpatError as error:
        gather.fault(_told(error, builder), f"line {error.lineno + builder.skipped}")
    return builder.root


def _told(error: expat.ExpatError, builder: _Builder) -> str:
    reason = expat.errors.messages.get(error.code, "unknown error")
    if error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]:
        reason = "it ends before its elements do"
    if builder.root is None:
        return f"malformed XML: {reason}; no element of it can be read"
    return f"malformed XML: {reason}; only what is whole before it is read"


class _Ended(Exception):
    """A limit or a declaration ended the reading."""

    def __init__(self, told: str, *, entirely: bool = False) -> None:
        super().__init__(told)
        self.entirely = entirely


class _Builder:
    def __init__(self, gather: Gather) -> None:
        self.gather = gather
        self.root: Node | None = None
        self.skipped = 0
        self._open: list[Node] = []
        self._scopes: list[dict[str, str]] = [{"xml": "http://www.w3.org/XML/1998/namespace"}]
        self._undeclared: set[str] = set()
        self._count = 0
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data
        self.parser.StartDoctypeDeclHandler = self._doctype

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber + self.skipped

    def _doctype(self, *_: object) -> None:
        raise _Ended("a document type declaration (DTD): no such body is read", entirely=True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= MAX_DEPTH:
            raise _Ended(f"elements nested deeper than {MAX_DEPTH}; only what is whole before it is read")
        if self._count > MAX_ELEMENTS:
            raise _Ended(f"more than {MAX_ELEMENTS:,} elements; only what is whole before it is read")
        if len(attributes) > MAX_ATTRIBUTES:
            raise _Ended(f"more than {MAX_ATTRIBUTES} attributes; only what is whole before it is read")
        around = self._scopes[-1]
        self._scopes.append(_scope(around, attributes) if attributes else around)
        prefix, colon, local = tag.rpartition(":")
        parent = self._open[-1] if self._open else None
        own = {_local(name): value for name, value in attributes.items() if not name.startswith("xmlns")}
        node = Node(name=local, attributes=own, line=self.line, parent=parent)
        namespace = self._scopes[-1].get(prefix)
        if colon and namespace is None and prefix not in self._undeclared:
            self._undeclared.add(prefix)
            told = f"the prefix {prefix[:40]!r} is not declared; its elements are read by their names"
            self.gather.fault(told, f"line {self.line}")
        node.namespace = namespace or ""
        if parent is not None:
            parent.children.append(node)
        elif self.root is None:
            self.root = node
        self._open.append(node)

    def _end(self, _: str) -> None:
        self._open.pop().whole = True
        self._scopes.pop()

    def _data(self, data: str) -> None:
        if self._open:
            self._open[-1].pieces.append(data)


def _scope(around: dict[str, str], attributes: dict[str, str]) -> dict[str, str]:
    """Namespaces by prefix within an element: what stands around it, and its own."""
    own = {
        name.partition(":")[2]: value
        for name, value in attributes.items()
        if name == "xmlns" or name.startswith("xmlns:")
    }
    return around | own if own else around


def _local(name: str) -> str:
    return name if name == "xml:lang" else name.rpartition(":")[2]
