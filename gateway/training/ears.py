"""A taught network as a file of plain arrays: what stands between torch and the model's folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np

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
