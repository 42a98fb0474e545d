"""The characters of a body: what encoding its bytes really are in, whatever they say of themselves."""

from __future__ import annotations

import codecs
import re

from gateway.location.bodies.gather import Gather

_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_DECLARATION = re.compile(r"""\A(\s*<\?xml[^>]{0,200}?)encoding\s*=\s*["'][A-Za-z0-9._:-]{1,40}["']""")
_TEXT = re.compile(r"ascii|utf|(?:utf-|iso8859-|cp|koi8-|gb|big5|euc_|shift_)[a-z0-9_-]{0,12}")
"""Encodings of text that are decoded; Python knows others, some of which take hours for a body like this."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WITHOUT_MARK = ((b"<\0", "utf-16-le"), (b"{\0", "utf-16-le"), (b"\0<", "utf-16-be"), (b"\0{", "utf-16-be"))
_WIDE = (*(mark for mark, name in _MARKS if name != "utf-8"), *(start for start, _ in _WITHOUT_MARK))


def is_wide(body: bytes) -> bool:
    """Whether it is UTF-16 or UTF-32: then nothing can be seen in its bytes before they are decoded."""
    return body.startswith(_WIDE)


def decode(body: bytes, gather: Gather, *, charset: str = "") -> str:
    """Its text. `charset`: of a Content-Type. An untrue declaration is told, and the text is read all the
    same: UTF-8 if it can be, then Chinese, then with replacement characters.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    for start, name in _WITHOUT_MARK:
        if body.startswith(start):
            return body.decode(name, "replace")
    found = _DECLARED.search(body)
    declared = _known(found.group(1).decode() if found is not None else charset, gather)
    return _as_declared(body, declared) or _otherwise(body, declared, gather)


def undeclared(text: str) -> str:
    """Without the encoding that it declares, which was that of its bytes and has been undone."""
    return _DECLARATION.sub(r"\1", text, count=1)


def _known(name: str, gather: Gather) -> str:
    try:
        info = codecs.lookup(name or "utf-8")
        if not _TEXT.fullmatch(info.name):
            raise LookupError
    except (LookupError, ValueError):
        gather.fault(f"the declared encoding {name[:40]!r} is not known; read as UTF-8", "line 1")
        return "utf-8"
    if info.name.startswith(("utf-16", "utf-32")):
        # one byte a letter cannot be wide: it was transcoded on its way, and the declaration stayed
        gather.fault(f"not {info.name}, as it says: read as UTF-8", "line 1")
        return "utf-8"
    return info.name


def _as_declared(body: bytes, declared: str) -> str | None:
    for name in ("gb18030", declared) if declared in ("gbk", "gb2312") else (declared,):
        try:
            return body.decode(name)
        except (UnicodeError, ValueError):
            continue
    return None


def _otherwise(body: bytes, declared: str, gather: Gather) -> str:
    for name in ("utf-8", "gb18030"):
        if name != declared:
            try:
                text = body.decode(name)
            except UnicodeError:
                continue
            gather.fault(f"not {declared}, as it says: read as {name}", "body")
            return text
    gather.fault(f"not {declared} throughout: broken characters stand as \ufffd", "body")
    return body.decode("utf-8", "replace")
