"""The printed call sheet (接警单) as one page of HTML: black on white, A4, no script, greyscale. Pure.

What it shows has been masked for its reader before; every text of a caller's or a person's is escaped here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from gateway.web import sheet_words as words

Json = Mapping[str, Any]
MAX_QUOTES = 8
"""Findings with their words; the card has the others. The sheet has two pages at most in the usual case."""
MAX_WORDS_CHARS = 300
"""Of one text on paper; a longer one ends with an ellipsis, the card has it whole."""

STYLE = """
@page { size: A4; margin: 14mm 12mm 16mm;
  @bottom-left { content: "FOOT"; font: 8pt sans-serif; }
  @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 190mm; padding: 6mm; background: #fff; color: #000;
  font: 9.5pt/1.35 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 16pt; margin: 0; } h2 { font-size: 10.5pt; margin: 3mm 0 1mm; }
header { display: flex; justify-content: space-between; align-items: flex-end; border-bottom: 2px solid #000;
  padding-bottom: 1mm; gap: 6mm; }
header p { margin: 0; text-align: right; font-size: 8.5pt; }
table { width: 100%; border-collapse: collapse; } td, th { border: 1px solid #000; padding: 0.6mm 1.5mm;
  text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { font-weight: 600; width: 24mm; background: #eee; print-color-adjust: exact; }
table.pairs { table-layout: fixed; } table.list th { width: auto; }
tr { break-inside: avoid; } section { break-inside: auto; }
h2 { break-after: avoid; } .strong { font-weight: 700; border: 2px solid #000; padding: 0 1mm; }
.mono { font-family: monospace; font-size: 7.5pt; word-break: break-all; }
.sign { display: flex; gap: 10mm; margin-top: 6mm; }
.sign p { flex: 1; border-top: 1px solid #000; margin: 0; }
.small { font-size: 8pt; } @media print { body { padding: 0; max-width: none; } }
"""
"""CSS alone. FOOT: what stands at the bottom of each page, who printed it and when."""
_IN_A_STRING = re.compile(r"[^\w .:·-]")
"""What a string of a style may not hold: it could end it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands on one. `detail`: the call as the API shows it to this reader; `chain`: the newest row of
    the journal that tells of it (seq, hash)."""

    site: str
    zone: ZoneInfo
    english: bool
    detail: Json
    parts: Sequence[Json]
    orders: Sequence[Json]
    chain: tuple[int, str]
    printed_by: str
    printed_at: datetime
    purpose: str
    pictures: Sequence[Json] = ()
    """What the caller shared over a link: at, size_bytes, digest of each."""
    training: bool = False
    """An invented call of the training: said at the top, and at the foot of each page."""


Row = tuple[str, str]
"""A heading and what stands beside it, as HTML."""


def html(sheet: Sheet) -> str:
    """The whole page."""
    page = _Page(sheet)
    style = STYLE.replace("FOOT", _IN_A_STRING.sub("", page.foot()))
    body = "".join(
        (
            page.mark(), page.head(), page.times(), page.place(), page.verdict(), page.people(), page.moved(),
            page.dispatched(), page.recorded(), page.pictured(), page.sealed(),
        )
    )  # fmt: skip
    language = "en" if sheet.english else "zh-CN"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(page.title)}</title><style>{style}</style></head><body>{body}</body></html>"
    )


def style_of(page: str) -> str:
    """The text of the page's one style element: what a policy must allow."""
    return page.partition("<style>")[2].partition("</style>")[0]


class _Page:
    """One sheet in its reader's language; each method is a section."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.call = sheet, sheet.detail["call"]
        self.fields: Json = sheet.detail["card"]["fields"]
        self.title = f"{self.say('接警单', 'Call sheet')} {self.call['call_id']}"

    def say(self, zh: str, en: str) -> str:
        return en if self.sheet.english else zh

    def named(self, names: words.Names, code: Any) -> str:
        zh, en = names.get(str(code), (str(code or "—"), str(code or "—")))
        return escape(self.say(zh, en))

    def at(self, stamp: Any) -> str:
        if not stamp:
            return "—"
        local = datetime.fromisoformat(str(stamp)).astimezone(self.sheet.zone)
        return local.strftime("%Y-%m-%d %H:%M:%S")

    def mark(self) -> str:
        """In both languages, whatever the reader's: paper goes from hand to hand."""
        told = "演练 TRAINING：不是真实来电，不得据此处警 / not a real call, nobody may act on it"
        return f'<p class="strong" data-training>{told}</p>' if self.sheet.training else ""

    def foot(self) -> str:
        who = self.say("打印", "Printed by")
        mark = "演练 TRAINING · " if self.sheet.training else ""
        return (
            f"{mark}{self.call['call_id']} · {who} {self.sheet.printed_by} {self.at(self.sheet.printed_at)}"
        )

    def value(self, name: str) -> str:
        """Every value of a field, leading first; who vouches for it."""
        told = []
        for each in self.fields.get(name, ()):
            mark = f" ({escape(str(each['confirmed_by']))})" if each.get("confirmed_by") else ""
            told.append(f"{_text(each['value'])}{mark}")
        return " / ".join(told) or "—"

    # ---- sections

    def head(self) -> str:
        manual = self.call.get("manual")
        marks = ""
        if manual:
            origin = self.named(words.ORIGIN, manual["origin"])
            marks = (
                f' <span class="strong">{self.say("无来电记录：", "Record without a call: ")}{origin}</span>'
            )
            if manual["late"]:
                marks += f' <span class="strong">{self.say("事后补录", "Entered afterwards")}</span>'
        elif self.call["inferred"]:
            marks = f' <span class="strong">{self.say("事后得知", "Learnt afterwards")}</span>'
        purpose = f"{self.say('用途：', 'For: ')}{_text(self.sheet.purpose)}"
        printed = escape(self.foot().rpartition(" · ")[2])
        return (
            f"<header><div><h1>{self.say('接警单', 'Call sheet')}</h1>"
            f'<span class="mono">{escape(self.call["call_id"])}</span>{marks}</div>'
            f"<p>{escape(self.sheet.site)}<br>{printed}<br>{purpose}</p></header>"
        )

    def times(self) -> str:
        call, manual = self.call, self.call.get("manual")
        rows: list[Row] = [
            (self.say("发生/来电", "Happened, rang"), self.at(call["seized_at"])),
            (self.say("应答", "Answered"), self.at(call["answered_at"])),
            (self.say("结束", "Ended"), self.at(call["ended_at"])),
            (self.say("号码", "Number"), self.value("caller_number")),
            (self.say("回拨号码", "Call back"), self.value("callback_number")),
            (self.say("姓名", "Name"), self.value("name")),
            (self.say("结束方式", "How it ended"), self.named(words.END, call["end_reason"])),
            (self.say("办结", "Finished"), self._by(call["finished"])),
        ]
        if manual:
            entered = f"{self.at(manual['entered_at'])} {escape(manual['by'])}"
            rows.insert(1, (self.say("录入", "Entered"), entered))
            if manual["sheet"]:
                rows.append((self.say("纸单号", "Paper"), escape(manual["sheet"])))
        if call.get("same_as"):
            rows.append((self.say("同一警情", "The same as"), escape(call["same_as"])))
        return _section(self.say("时间与来电", "Times and caller"), _pairs(rows))

    def _by(self, done: Json | None) -> str:
        return f"{escape(str(done['by']))} {self.at(done['at'])}" if done else "—"

    def place(self) -> str:
        detail = self.sheet.detail
        leading = next(
            (one for one in detail["locations"] if one["location_id"] == detail["leading_location"]), None
        )
        described = detail.get("description") or {}
        wgs, gcj = _spot(leading, "wgs84"), _spot(leading, "gcj02")
        radius = leading and leading.get("uncertainty_m")
        rows = [
            (self.say("地址", "Address"), self.value("address")),
            (self.say("标准地址", "Standard address"), _text(described.get("standard_address"))),
            ("WGS-84", wgs + (f" ± {radius:.0f} m" if radius is not None and wgs != "—" else "")),
            ("GCJ-02", gcj),
            (self.say("辖区", "Jurisdiction"), _text(described.get("jurisdiction"))),
            (self.say("行政区", "District"), _text(described.get("district"))),
            (self.say("位置来源", "Source"), self.named(words.SOURCE, leading and leading.get("source"))),
        ]
        return _section(self.say("地点", "Place"), _pairs(rows))

    def verdict(self) -> str:
        call, found = self.call, self.sheet.detail.get("assessment") or {}
        vetoes = "、".join(self.named(words.VETO, code) for code in call["vetoes"])
        decided = call["disposition"]
        class_ = self.named(words.CLASS, call["class"])
        machine = f"{class_} · {self.named(words.NATURE, call['nature'])} · {call['priority'] or '—'}"
        if not call["class"]:
            machine = "—"
        rows = [
            (self.say("系统研判", "Machine's verdict"), machine),
            (self.say("危险", "Danger"), f'<span class="strong">{vetoes}</span>' if vetoes else "—"),
            (self.say("人工定性", "Decided"), self._decided(decided)),
            (self.say("摘要", "Summary"), self.value("summary")),
        ]
        quotes = [
            f"<tr><td>{_text(self.say(each['explanation_zh'], each['explanation_en']))}"
            f"</td><td>「{_text(each['quote'])}」</td></tr>"
            for each in list(found.get("findings", ()))[:MAX_QUOTES]
            if each.get("quote")
        ]
        evidence = f'<table class="list">{"".join(quotes)}</table>' if quotes else ""
        return _section(self.say("研判与定性", "Verdict and decision"), _pairs(rows) + evidence)

    def _decided(self, decided: Json | None) -> str:
        if not decided:
            return "—"
        return f"{self.named(words.CLASS, decided['class'])} · {self.named(words.NATURE, decided['nature'])}"

    def people(self) -> str:
        names = (
            "people_injured", "people", "children", "suspect", "weapon", "vehicle", "plate", "goods", "loss",
            "direction",
        )  # fmt: skip
        rows = [(self.named(words.FIELD, name), self.value(name)) for name in names if self.fields.get(name)]
        rows.append((self.say("接警席位", "Desks"), escape("、".join(self.call["agents"])) or "—"))
        return _section(self.say("人员与物品", "People and things"), _pairs(rows))

    def moved(self) -> str:
        handing = self.sheet.detail["handing"]
        rows = [
            (self.at(one["at"]), self.say("转交", "Handed over"),
             f"{_text(one['target'])} {_text(one['number'])}", self.named(words.MOVED, one["state"]),
             one["by"])
            for one in handing["referrals"]
        ]  # fmt: skip
        made = {part["call"]["call_id"]: part for part in self.sheet.parts}
        rows += [
            (self.at(one["at"]), self.named(words.WHOM, one["whom"]), _text(one["number"]),
             _text(self.say(one["why_zh"] or "", one["why_en"] or "")) or "—", one["by"])
            for one in handing["callbacks"] if one["call"] not in made
        ]  # fmt: skip
        rows += [
            (self.at(part["call"]["seized_at"]), self.named(words.WHOM, part["whom"]), _text(part["number"]),
             _text(self.say(part["outcome_zh"] or "", part["outcome_en"] or "")), part["by"] or "—")
            for part in self.sheet.parts
        ]  # fmt: skip
        rows += [
            (self.at(one["opened_at"]), f"{self.say('工单', 'Order')} {_text(one['number'])}",
             self.named(words.DEPARTMENT, one["department"]), self.named(words.ORDER, one["state"]),
             one["opened_by"] or "—")
            for one in self.sheet.orders
        ]  # fmt: skip
        if not rows:
            return ""
        heads = (
            self.say("时间", "Time"), self.say("事项", "What"), self.say("对方", "Whom"),
            self.say("结果", "Outcome"), self.say("经手", "By"),
        )  # fmt: skip
        rows = [(*row[:4], escape(str(row[4]))) for row in sorted(rows)]
        return _section(self.say("转交、外呼与工单", "Hand-overs, calls made, orders"), _list(heads, rows))

    def dispatched(self) -> str:
        told = self.sheet.detail.get("dispatch") or {}
        rows = [
            (_text(one["unit"]), _text(one["text"]), self.at(one["signed_at"]), self.at(one["arrived_at"]),
             _text(one["feedback"]))
            for one in told.get("instructions", ())
        ]  # fmt: skip
        if not rows:
            return ""
        heads = (
            self.say("单位", "Unit"), self.say("指令", "Instruction"), self.say("签收", "Signed"),
            self.say("到达", "There"), self.say("反馈", "Feedback"),
        )  # fmt: skip
        return _section(self.say("处警反馈", "Dispatch"), _list(heads, rows))

    def recorded(self) -> str:
        held = [(self.call["call_id"], self.sheet.detail["recordings"])]
        held += [(part["call"]["call_id"], part["recordings"]) for part in self.sheet.parts]
        rows = [
            (self.named(words.PART, part["part"]), f"{part['seconds']:.1f} s",
             f'<span class="mono">{part["sha256"]}</span>')
            for _, recordings in held for one in recordings for part in one["parts"]
        ]  # fmt: skip
        if not rows:
            return ""
        heads = (self.say("声道", "Part"), self.say("时长", "Length"), "SHA-256")
        return _section(self.say("录音摘要值", "Recording digests"), _list(heads, rows))

    def pictured(self) -> str:
        rows = [
            (self.at(one["at"]), f"{-(-one['size_bytes'] // 1024)} KB",
             f'<span class="mono">{escape(str(one["digest"]))}</span>')
            for one in self.sheet.pictures
        ]  # fmt: skip
        if not rows:
            return ""
        heads = (self.say("收到", "Came"), self.say("大小", "Size"), "SHA-256")
        return _section(self.say("来电人照片摘要值", "Digests of the caller's pictures"), _list(heads, rows))

    def sealed(self) -> str:
        seq, digest = self.sheet.chain
        head = f'{self.say("存证链", "Chain head")} #{seq} <span class="mono">{escape(digest)}</span>'
        signs = (self.say("接警员", "Call-taker"), self.say("班长", "Supervisor"), self.say("日期", "Date"))
        lines = "".join(f"<p>{one}</p>" for one in signs)
        return f'<p class="small">{head}</p><div class="sign">{lines}</div>'


def _text(told: Any) -> str:
    """Escaped; a long text is cut with an ellipsis, the card has it whole."""
    text = str(told) if told not in (None, "") else "—"
    return escape(text if len(text) <= MAX_WORDS_CHARS else text[:MAX_WORDS_CHARS] + "…")


def _spot(fix: Json | None, frame: str) -> str:
    spot = fix and fix.get(frame)
    return f"{spot[0]:.6f}, {spot[1]:.6f}" if spot else "—"


def _section(title: str, body: str) -> str:
    return f"<section><h2>{title}</h2>{body}</section>"


def _pairs(rows: Sequence[Row]) -> str:
    """Two pairs a line."""
    cells = [f"<th>{name}</th><td>{told}</td>" for name, told in rows]
    if len(cells) % 2:
        cells.append("<th></th><td></td>")
    lines = (f"<tr>{cells[at]}{cells[at + 1]}</tr>" for at in range(0, len(cells), 2))
    return f'<table class="pairs">{"".join(lines)}</table>'


def _list(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f"<th>{head}</th>" for head in heads)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<table class="list"><tr>{top}</tr>{lines}</table>'
