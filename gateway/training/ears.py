"""A taught network as a file of plain arrays, and what it answers: what stands between torch and the model's
folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gateway.training.kaldi import Layer, Network


def write_network(path: Path, network: Network) -> None:
    """Layers in order and where they look."""
    arrays = {f"weight{n}": np.asarray(layer.weight, "<f4") for n, layer in enumerate(network.layers)}
    arrays |= {
        f"bias{n}": np.asarray(layer.bias, "<f4")
        for n, layer in enumerate(network.layers)
        if layer.bias is not None
    }
    np.savez(
        path,
        splice=np.array(network.splice),
        offsets=np.array([list(block) for block in network.offsets]),
        reach=np.array([network.left, network.right]),
        allow_pickle=False,
        **arrays,
    )


def read_network(path: Path) -> Network:
    """The network that `write_network` kept."""
    with np.load(path) as file:
        count = sum(name.startswith("weight") for name in file)
        layers = [Layer(file[f"weight{n}"], file.get(f"bias{n}")) for n in range(count)]
        left, right = file["reach"].tolist()
        return Network(layers, file["splice"].tolist(), file["offsets"].tolist(), left, right)


def random_network(inputs: int, outputs: int, *, hidden: int = 32, waist: int = 8, seed: int = 1) -> Network:
    """A network that has learned nothing: for trying everything else without torch."""
    rng = np.random.default_rng(seed)
    splice, offsets = (-1, 0, 1), ((-3, 0, 3),)

    def layer(size: int, width: int, *, bias: bool = True) -> Layer:
        weight = rng.normal(0, 1 / np.sqrt(width), (size, width))
        return Layer(weight, np.zeros(size) if bias else None)

    layers = [
        layer(hidden, inputs * len(splice)),
        layer(waist, hidden * 3, bias=False),
        layer(hidden, waist),
        layer(outputs, hidden),
    ]
    return Network(layers, splice, offsets, 4, 4)


def answers(network: Network, frames: ArrayLike) -> NDArray[np.float64]:
    """What the network says of frames [left + 3 (n - 1) + 1 + right, inputs]: log probabilities [n, outputs].

    Computed as nnet3 wires it (`Network.write`), in numpy: the word by which torch's ear and the model's file
    are compared.
    """
    odds = _through(network.layers[-1], found(network, frames))
    odds -= odds.max(axis=1, keepdims=True)
    return np.asarray(odds - np.log(np.exp(odds).sum(axis=1, keepdims=True)))


def found(network: Network, frames: ArrayLike) -> NDArray[np.float64]:
    """The same up to what the last layer is given: [n, hidden]."""
    given = np.asarray(frames, np.float64)
    first, *blocks, _ = network.layers
    steps = np.arange(-network.splice[0], len(given) - network.splice[-1], 3)
    known = np.maximum(_through(first, np.hstack([given[steps + offset] for offset in network.splice])), 0)
    for offsets, narrow, wide in zip(network.offsets, blocks[::2], blocks[1::2], strict=True):
        places = [(offset - offsets[0]) // 3 for offset in offsets]
        length = len(known) - places[-1]
        seen = np.hstack([known[place : place + length] for place in places])
        here = -offsets[0] // 3
        added = np.maximum(_through(wide, _through(narrow, seen)), 0)
        known = known[here : here + length] + added
    return known


def _through(layer: Layer, values: NDArray[np.float64]) -> NDArray[np.float64]:
    product = values @ np.asarray(layer.weight, np.float64).T
    return product if layer.bias is None else product + np.asarray(layer.bias, np.float64)
