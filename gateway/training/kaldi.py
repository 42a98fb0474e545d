"""Kaldi's binary files, written by hand: the acoustic model (`final.mdl`) that vosk reads.

`final.mdl` = transition model + nnet3 network + priors. Tokens are ASCII and a space; numbers carry their
size. No decision tree is needed: which states share an output is said in the triples.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from gateway.training.phones import NOISE, SILENCE, PhoneSet, without_place

STAY = {SILENCE: 0.9, NOISE: 0.8}
"""Probability of staying in a state for another 30 ms; of all other phones STAY_IN_WORD."""
STAY_IN_WORD = 0.55
STEPS = 65535
"""Steps of a number in a compressed matrix, from the least to the greatest."""


class Writer:
    """Bytes of one Kaldi object after the other."""

    def __init__(self) -> None:
        self.data = bytearray()

    def tokens(self, *tokens: str) -> Writer:
        """Each token with its space."""
        self.data += "".join(f"{token} " for token in tokens).encode()
        return self

    def int32(self, value: int) -> Writer:
        """A number with its size."""
        self.data += struct.pack("<bi", 4, value)
        return self

    def float32(self, value: float) -> Writer:
        """A number with its size."""
        self.data += struct.pack("<bf", 4, value)
        return self

    def float64(self, value: float) -> Writer:
        """A number with its size."""
        self.data += struct.pack("<bd", 8, value)
        return self

    def integers(self, values: Sequence[int]) -> Writer:
        """A vector of integers."""
        self.data += struct.pack("<bi", 4, len(values)) + np.asarray(values, "<i4").tobytes()
        return self

    def vector(self, values: ArrayLike) -> Writer:
        """A vector of floats."""
        row = np.asarray(values, "<f4")
        self.tokens("FV").int32(len(row))
        self.data += row.tobytes()
        return self

    def matrix(self, values: ArrayLike) -> Writer:
        """A matrix in Kaldi's compressed form (CM2): each number as one of 65,536 steps between the extremes.

        Half the bytes of floats; a step is far below what the ear's own training leaves to chance.
        """
        rows = np.asarray(values, np.float64)
        low, span = float(rows.min()), float(rows.max() - rows.min())
        steps = np.round((rows - low) * (STEPS / span if span else 0.0))
        self.tokens("CM2")
        self.data += struct.pack("<ffii", low, span, *rows.shape) + steps.astype("<u2").tobytes()
        return self


@dataclass
class Transitions:
    """Kaldi's transition model: a number (transition id) for each way through each phone's states."""

    phones: PhoneSet
    states: list[tuple[int, int, int]] = field(default_factory=list)
    """(placed phone, state, output of the network), in Kaldi's order."""
    costs: list[float] = field(default_factory=lambda: [0.0])
    """Negative log probability by transition id; 0 is none."""
    stay: dict[tuple[int, int], int] = field(default_factory=dict)
    leave: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, placed in enumerate(self.phones.placed[1:], start=1):
            phone = without_place(placed)
            for state in range(self.phones.states_of(phone)):
                self.states.append((number, state, self.phones.pdfs[phone, state]))
                self.stay[number, state] = len(self.costs)
                self.leave[number, state] = len(self.costs) + 1
                self.costs += [-float(np.log(p)) for p in (stay_of(phone), 1 - stay_of(phone))]

    def count_of(self, placed: int) -> int:
        """How many states a placed phone has."""
        return self.phones.states_of(without_place(self.phones.placed[placed]))

    def write(self, out: Writer) -> None:
        """`<TransitionModel>` with its topology."""
        numbers = range(1, len(self.phones.placed))
        kinds = [(self.count_of(n), stay_of(without_place(self.phones.placed[n]))) for n in numbers]
        entries = sorted(set(kinds))
        out.tokens("<TransitionModel>", "<Topology>").integers(list(numbers))
        out.integers([-1, *(entries.index(kind) for kind in kinds)]).int32(len(entries))
        for count, stay in entries:
            out.int32(count + 1)
            for state in range(count):
                out.int32(state).int32(2)
                out.int32(state).float32(stay).int32(state + 1).float32(1 - stay)
            out.int32(-1).int32(0)
        out.tokens("</Topology>", "<Triples>").int32(len(self.states))
        for triple in self.states:
            for value in triple:
                out.int32(value)
        out.tokens("</Triples>", "<LogProbs>").vector([-cost for cost in self.costs])
        out.tokens("</LogProbs>", "</TransitionModel>")


def stay_of(phone: str) -> float:
    """Probability of staying in a state of this phone (without place)."""
    return STAY.get(phone, STAY_IN_WORD)


@dataclass(frozen=True, slots=True)
class Layer:
    """An affine layer; no bias for a waist."""

    weight: ArrayLike
    bias: ArrayLike | None


@dataclass(frozen=True, slots=True)
class Network:
    """Folded layers (first, then a waist and a widening for each block, last) and where they look."""

    layers: Sequence[Layer]
    splice: Sequence[int]
    offsets: Sequence[Sequence[int]]
    left: int
    right: int

    def write(self, out: Writer) -> None:
        """`<Nnet3>`: the wiring as text, then the components."""
        wiring = Wiring(np.asarray(self.layers[0].weight).shape[1] // len(self.splice))
        wiring.layer("first", self.layers[0], _append("input", self.splice))
        known = wiring.relu("first", len(np.asarray(self.layers[0].weight)))
        for n, offsets in enumerate(self.offsets):
            narrow, wide = self.layers[1 + 2 * n], self.layers[2 + 2 * n]
            name, size = f"block{n}", len(np.asarray(wide.weight))
            wiring.layer(f"{name}.narrow", narrow, _append(known, offsets))
            wiring.layer(f"{name}.wide", wide, f"{name}.narrow.affine")
            found = wiring.relu(f"{name}.wide", size)
            known = wiring.add(name, size, found, known)
        wiring.layer("last", self.layers[-1], known)
        wiring.answer("last", len(np.asarray(self.layers[-1].weight)))
        wiring.write(out)


def _append(node: str, offsets: Sequence[int]) -> str:
    parts = [node if offset == 0 else f"Offset({node}, {offset})" for offset in offsets]
    return f"Append({', '.join(parts)})"


class Wiring:
    """Collects nodes and components of an nnet3 network."""

    def __init__(self, inputs: int) -> None:
        self._lines = [f"input-node name=input dim={inputs}"]
        self._components: list[tuple[str, Writer]] = []

    def _node(self, name: str, source: str, component: Writer) -> str:
        self._lines.append(f"component-node name={name} component={name} input={source}")
        self._components.append((name, component))
        return name

    def layer(self, name: str, layer: Layer, source: str) -> str:
        """A fixed affine layer."""
        weight = np.asarray(layer.weight)
        bias = np.zeros(len(weight)) if layer.bias is None else layer.bias
        body = Writer().tokens("<FixedAffineComponent>", "<LinearParams>").matrix(weight)
        body.tokens("<BiasParams>").vector(bias).tokens("</FixedAffineComponent>")
        return self._node(f"{name}.affine", source, body)

    def relu(self, name: str, size: int) -> str:
        """What is below zero becomes zero."""
        return self._node(f"{name}.relu", f"{name}.affine", _nonlinear("RectifiedLinearComponent", size))

    def add(self, name: str, size: int, found: str, known: str) -> str:
        """What was found, added to what was known."""
        body = Writer().tokens("<NoOpComponent>", "<Dim>").int32(size)
        body.tokens("<BackpropScale>").float32(1.0).tokens("</NoOpComponent>")
        return self._node(f"{name}.sum", f"Sum({found}, {known})", body)

    def answer(self, name: str, size: int) -> None:
        """The output: log probabilities."""
        node = self._node("output.log-softmax", f"{name}.affine", _nonlinear("LogSoftmaxComponent", size))
        self._lines.append(f"output-node name=output input={node} objective=linear")

    def write(self, out: Writer) -> None:
        """The whole network."""
        out.data += ("<Nnet3> \n" + "\n".join(self._lines) + "\n\n").encode()
        out.tokens("<NumComponents>").int32(len(self._components))
        for name, body in self._components:
            out.tokens("<ComponentName>", name)
            out.data += body.data
        out.tokens("</Nnet3>")


def _nonlinear(kind: str, size: int) -> Writer:
    body = Writer().tokens(f"<{kind}>", "<Dim>").int32(size).tokens("<ValueAvg>").vector([])
    body.tokens("<DerivAvg>").vector([]).tokens("<Count>").float64(0.0)
    return body.tokens(f"</{kind}>")


def acoustic_model(transitions: Transitions, network: Network, priors: ArrayLike) -> bytes:
    """`final.mdl`; vosk subtracts the log of the priors from what the network answers."""
    out = Writer()
    out.data += b"\0B"
    transitions.write(out)
    network.write(out)
    out.tokens("<LeftContext>").int32(network.left).tokens("<RightContext>").int32(network.right)
    out.tokens("<Priors>").vector(priors)
    return bytes(out.data)
