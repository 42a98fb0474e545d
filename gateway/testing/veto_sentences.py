"""A sentence or two for each veto code: the veto corpus of tests and of the invented gateway."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.triage.backtest import Coverage, VetoCase
from gateway.triage.model import VetoCode

VETO_TEXTS: Mapping[VetoCode, tuple[str, ...]] = {
    VetoCode.WEAPON: ("有人拿刀冲过来", "他持刀"),
    VetoCode.INJURY: ("我受伤了",),
    VetoCode.FIRE: ("楼下着火了",),
    VetoCode.CHILD: ("孩子不见了",),
    VetoCode.SUICIDE: ("他不想活了",),
    VetoCode.CONFINED: ("我被锁在车里了",),
    VetoCode.CANNOT_SPEAK: ("我不方便说话",),
    VetoCode.THREAT_TO_LIFE: ("救命",),
}


def sentences() -> tuple[VetoCase, ...]:
    return tuple(
        VetoCase(name=text, text=text, vetoes=(code,)) for code, texts in VETO_TEXTS.items() for text in texts
    )


def covered(fired: Mapping[VetoCode, int] | None = None) -> tuple[Coverage, ...]:
    """Three sentences a code on which it fires, as the active pack does; `fired`: what a draft does
    otherwise."""
    return tuple(
        Coverage(code=code, sentences=3, fired=n, missed=3 - n, active=3)
        for code in VetoCode
        for n in [(fired or {}).get(code, 3)]
    )
