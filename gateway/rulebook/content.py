"""The files of a pack and what names them. A pack is a mapping of names (`zh-crime.yaml`, `veto/fire.yaml`)
to bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gateway.rulebook.model import VETO_PREFIX, Content
from gateway.triage.packfile import content_hash

Sources = Mapping[str, bytes]

MAX_FILES = 100
"""Files of one pack; more are refused."""
MAX_PACK_BYTES = 16 << 20
"""Size of all files together."""
_NAME = re.compile(r"(veto/)?[a-z0-9][a-z0-9_.-]{0,79}\.yaml")


class BadPack(ValueError):
    """The files make no pack; the message says which and how to mend it."""


def content_of(sources: Sources) -> Content:
    """The hashes that verdicts and approvals cite."""
    vetoes = {n.removeprefix(VETO_PREFIX): c for n, c in sources.items() if n.startswith(VETO_PREFIX)}
    rules = {name: content for name, content in sources.items() if not name.startswith(VETO_PREFIX)}
    return Content(
        hash=content_hash(dict(sources)), pack_hash=content_hash(rules), veto_hash=content_hash(vetoes)
    )


def changed_files(base: Sources, draft: Sources) -> tuple[str, ...]:
    """Names of files that are new, gone or different."""
    return tuple(sorted(name for name in base.keys() | draft.keys() if base.get(name) != draft.get(name)))


def checked(sources: Sources) -> None:
    """Raises BadPack for what could not even be kept."""
    if len(sources) > MAX_FILES:
        raise BadPack(f"{len(sources)} files: at most {MAX_FILES} make one pack")
    if (size := sum(map(len, sources.values()))) > MAX_PACK_BYTES:
        raise BadPack(f"the files have {size} bytes together: at most {MAX_PACK_BYTES} make one pack")
    for name, content in sources.items():
        if not _NAME.fullmatch(name):
            raise BadPack(
                f"{name[:80]!r} is no name of a file: write name.yaml or veto/name.yaml in lower case"
            )
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise BadPack(f"{name}, line {line}: a byte is not UTF-8: save the file as UTF-8") from error
        if "\0" in text:
            raise BadPack(f"{name}: it holds a NUL character: remove it")


def taken_over(base: Sources, draft: Sources, active: Sources) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """A draft written on `base`, put onto `active`: (its files, names that both changed otherwise). Of those
    the draft's own stands."""
    merged, both = dict(active), []
    for name in changed_files(base, draft):
        if base.get(name) != active.get(name) and draft.get(name) != active.get(name):
            both.append(name)
        if name in draft:
            merged[name] = draft[name]
        else:
            merged.pop(name, None)
    return merged, tuple(both)
