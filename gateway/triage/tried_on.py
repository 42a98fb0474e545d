"""The texts that a pack is tried on beside the site's own calls: corpora with their truth, and sentences on
which the veto must speak."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.triage.backtest import Case, Said, Source, VetoCase, judgement
from gateway.triage.corpus import CorpusError, Text, read_corpus
from gateway.triage.model import AlarmClass, Department, Nature, VetoCode


def case_of(text: Text, *, both_sides: bool = True) -> Case:
    """A corpus's text as a case; its gold fields are the truth."""
    truth = _gold(text.gold)
    return Case(
        name=text.name, utterances=tuple(text.utterances(both_sides=both_sides)), truth=truth,
        source=Source.CORPUS if truth else Source.ACTIVE,
    )  # fmt: skip


def _gold(gold: Mapping[str, Any]) -> Said | None:
    """None where there is no class, or one that we do not know."""
    alarm_class = _code(AlarmClass, gold.get("class"))
    if alarm_class is None:
        return None
    nature, department = _code(Nature, gold.get("nature")), _code(Department, gold.get("department"))
    return judgement(alarm_class, nature or Nature.NONE, department)


def _code(kind: Any, value: Any) -> Any:
    try:
        return kind(value)
    except ValueError:
        return None


def read_vetoes(content: bytes) -> tuple[list[VetoCase], list[str]]:
    """The rows of a veto corpus ({"id", "text", "vetoes": [code]}), and what is wrong with the others."""
    found: list[VetoCase] = []
    faults: list[str] = []
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            row = json.loads(raw)
            codes = tuple(VetoCode(code) for code in row["vetoes"])
            found.append(VetoCase(name=str(row["id"]), text=str(row["text"]), vetoes=codes))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            faults.append(f"line {number}: {error!r}"[:200])
    return found, faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpora:
    """What a site tries every draft on, beside its own calls. `faults`: rows that cannot be read."""

    cases: tuple[Case, ...] = ()
    vetoes: tuple[VetoCase, ...] = ()
    faults: tuple[str, ...] = ()


def is_veto_corpus(name: str) -> bool:
    """`vetoes.jsonl`, `vetoes-en.jsonl` …"""
    return name.startswith("vetoes") and name.endswith(".jsonl")


def read_corpora(files: Mapping[str, bytes]) -> Corpora:
    """Every corpus of a folder, by the names of its files; the rest is read where one cannot be."""
    cases: list[Case] = []
    vetoes: list[VetoCase] = []
    faults: list[str] = []
    for name, content in sorted(files.items()):
        if is_veto_corpus(name):
            found, told = read_vetoes(content)
            vetoes += found
            faults += [f"{name}, {fault}" for fault in told]
            continue
        try:
            corpus = read_corpus(content, jsonl=name.endswith(".jsonl"))
        except CorpusError as error:
            faults.append(f"{name}: {error}")
            continue
        cases += [case_of(text, both_sides=False) for text in corpus.texts]
        faults += [f"{name}, line {fault.line}: {fault.what}" for fault in corpus.faults]
    return Corpora(cases=tuple(cases), vetoes=tuple(vetoes), faults=tuple(faults))
