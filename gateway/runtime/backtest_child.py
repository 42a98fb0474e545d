"""The process that judges a back-test: calls go on being taken while it works, and it ends with its input.

The first line of its input holds both packs and the second opinion that the gateway judges with, every
further one a batch of cases; each is answered by one.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

from gateway.journal.codec import decode, encode
from gateway.triage.backtest import Case, Said, VetoCase, quiet_on, said_by
from gateway.triage.classifier import ModelFileError, made_of
from gateway.triage.engine import Triage
from gateway.triage.problem import RulePackError
from gateway.triage.second import beside

NICE = 5
"""Calls go first where cores are short."""


def packed(sources: Mapping[str, bytes]) -> dict[str, str]:
    """The files of a pack, or of a model, as JSON takes them."""
    return {name: base64.b64encode(text).decode() for name, text in sources.items()}


def _unpacked(told: Mapping[str, str]) -> dict[str, bytes]:
    return {name: base64.b64decode(text) for name, text in told.items()}


class Judges:
    """Both packs, compiled, with the same model beside them."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.model = made_of(_unpacked(told["opinion"])) if told["opinion"] else None
        self.active, self.draft = (
            beside(Triage.build(_unpacked(told[name])), self.model) for name in ("active", "draft")
        )

    def batch(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """{cases, vetoes} to {said: [[active, draft]], ms: [active, draft], quiet: [[[code], [code]]]}."""
        answers, spent = [], [0.0, 0.0]
        for row in told["cases"]:
            case: Case = decode(Case, row)
            pair: list[Said] = []
            for index, judge in enumerate((self.active, self.draft)):
                began = time.process_time()
                pair.append(said_by(judge, case))
                spent[index] += (time.process_time() - began) * 1000
            answers.append([encode(one) for one in pair])
        sentences = [decode(VetoCase, row) for row in told["vetoes"]]
        quiet = [[quiet_on(judge, one) for judge in (self.active, self.draft)] for one in sentences]
        return {"said": answers, "ms": spent, "quiet": quiet}


def main() -> None:
    """Until the input ends: then nobody wants to know any more."""
    os.nice(NICE)
    judges: Judges | None = None
    for line in sys.stdin.buffer:
        told = json.loads(line)
        if judges is None:
            try:
                judges = Judges(told)
            except (RulePackError, ModelFileError) as error:
                _answer({"fault": str(error)[:500]})
                return
            _answer({"opinion": judges.model.hash if judges.model else None})
        else:
            _answer(judges.batch(told))


def _answer(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told, ensure_ascii=True) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
