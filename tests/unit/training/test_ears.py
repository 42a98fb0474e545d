"""The network as a file: it comes back as it was, and answers as its wiring says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gateway.training.ears import answers, random_network, read_network, write_network
from gateway.training.kaldi import Layer, Network


def test_a_network_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    network = random_network(8, 5)
    write_network(tmp_path / "ear.npz", network)
    read = read_network(tmp_path / "ear.npz")
    assert (read.splice, read.offsets, read.left, read.right) == ([-1, 0, 1], [[-3, 0, 3]], 4, 4)
    assert [layer.bias is None for layer in read.layers] == [layer.bias is None for layer in network.layers]
    for kept, made in zip(read.layers, network.layers, strict=True):
        np.testing.assert_allclose(kept.weight, made.weight, atol=1e-6)


@pytest.mark.parametrize("count", [1, 7])
def test_it_answers_once_for_every_three_frames_that_have_their_surroundings(count: int) -> None:
    network = random_network(8, 5)
    frames = np.random.default_rng(2).normal(size=(network.left + 3 * (count - 1) + 1 + network.right, 8))
    told = answers(network, frames)
    assert told.shape == (count, 5)
    np.testing.assert_allclose(np.exp(told).sum(axis=1), 1.0)


def test_each_answer_rests_on_its_own_surroundings_alone() -> None:
    network = random_network(8, 5)
    frames = np.random.default_rng(3).normal(size=(40, 8))
    told = answers(network, frames)
    span = network.left + 1 + network.right
    for number in range(len(told)):
        alone = answers(network, frames[3 * number : 3 * number + span])
        np.testing.assert_allclose(told[number], alone[0])


def test_blocks_look_where_their_offsets_say_and_add_to_what_is_known() -> None:
    """One input, everything positive: the answer can be added up by hand."""
    one = np.ones((1, 1))
    network = Network(
        [
            Layer(np.array([[1.0, 10.0]]), np.array([0.5])),
            Layer(np.array([[1.0, 100.0]]), None),
            Layer(one, np.array([0.25])),
            Layer(np.array([[1.0], [0.0]]), np.zeros(2)),
        ],
        splice=(0, 1),
        offsets=((-6, 3),),
        left=6,
        right=4,
    )
    frames = np.arange(1.0, 12.0)[:, None]

    def first(at: int) -> float:
        return float(frames[at, 0] + 10 * frames[at + 1, 0] + 0.5)

    wanted = first(6) + (first(0) + 100 * first(9) + 0.25)
    ((right, wrong),) = answers(network, frames)
    assert right - wrong == pytest.approx(wanted)
