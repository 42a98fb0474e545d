"""The ear: a residual time-delay network over 10 ms frames that answers every 30 ms.

Each block looks at three moments through a narrow waist and adds what it found to what is known. Everything
after the first layer lives on 30 ms steps (all offsets are multiples of 3), which is what makes it fast.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

SPLICE = (-3, -2, -1, 0, 1, 2, 3)
"""10 ms frames that the first layer sees around a 30 ms step."""


@dataclass(frozen=True)
class Shape:
    """Size of the network; offsets in 10 ms frames, one entry a block."""

    inputs: int = 64
    outputs: int = 0
    hidden: int = 320
    waist: int = 96
    offsets: tuple[tuple[int, ...], ...] = ((-3, 0, 3),) * 4 + ((-6, 0, 3),) * 2

    @property
    def left(self) -> int:
        """Frames needed before the step."""
        return -SPLICE[0] - sum(block[0] for block in self.offsets)

    @property
    def right(self) -> int:
        """Frames needed after the step."""
        return SPLICE[-1] + sum(block[-1] for block in self.offsets)


class _Block(nn.Module):  # type: ignore[misc]
    """Time comes first: [steps, batch, values]."""

    def __init__(self, shape: Shape, offsets: tuple[int, ...]) -> None:
        super().__init__()
        self.offsets = offsets
        self.narrow = nn.Linear(shape.hidden * len(offsets), shape.waist, bias=False)
        self.wide = nn.Linear(shape.waist, shape.hidden)
        self.norm = nn.BatchNorm1d(shape.hidden)

    def forward(self, known: Tensor) -> Tensor:
        first = self.offsets[0]
        steps = [(offset - first) // 3 for offset in self.offsets]
        length = known.shape[0] - steps[-1]
        waist, hidden = self.narrow.out_features, known.shape[-1]
        # one product for all moments, then the narrow answers are moved and added: far less to copy
        weight = self.narrow.weight.view(waist, len(steps), hidden).transpose(0, 1).reshape(-1, hidden)
        parts = nn.functional.linear(known, weight).split(waist, dim=-1)
        moved = [part[step : step + length] for part, step in zip(parts, steps, strict=True)]
        seen = sum(moved, start=_NONE)
        here = -first // 3
        return known[here : here + length] + _normed(self.norm, self.wide(seen))


_NONE = torch.zeros(())


class Ear(nn.Module):  # type: ignore[misc]
    """Frames to log-odds of phone states (logits)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.register_buffer("mean", torch.zeros(shape.inputs))
        self.register_buffer("scale", torch.ones(shape.inputs))
        self.first = nn.Linear(shape.inputs * len(SPLICE), shape.hidden)
        self.norm = nn.BatchNorm1d(shape.hidden)
        self.blocks = nn.ModuleList(_Block(shape, offsets) for offsets in shape.offsets)
        self.last = nn.Linear(shape.hidden, shape.outputs)

    def forward(self, frames: Tensor) -> Tensor:
        """[batch, left + 3 (n - 1) + 1 + right, inputs] -> [batch, n, outputs]."""
        frames = ((frames - self.mean) * self.scale).transpose(0, 1)
        steps = torch.arange(-SPLICE[0], len(frames) - SPLICE[-1], 3)
        known = torch.cat([frames[steps + offset] for offset in SPLICE], 2)
        known = _normed(self.norm, self.first(known))
        for block in self.blocks:
            known = block(known)
        answer: Tensor = self.last(known).transpose(0, 1)
        return answer


def _normed(norm: nn.BatchNorm1d, values: Tensor) -> Tensor:
    flat: Tensor = norm(values.view(-1, values.shape[-1]))
    return nn.functional.relu(flat, inplace=True).view(values.shape)


def folded(ear: Ear) -> list[tuple[Tensor, Tensor | None]]:
    """Weights and biases (first, narrow, wide, narrow, wide …, last): norms and scaling folded in."""
    layers: list[tuple[Tensor, Tensor | None]] = []
    with torch.no_grad():
        weight, bias = ear.first.weight.double(), ear.first.bias.double()
        mean, scale = ear.mean.double().repeat(len(SPLICE)), ear.scale.double().repeat(len(SPLICE))
        bias = bias - weight @ (mean * scale)
        layers.append(_fold(ear.norm, weight * scale, bias))
        for block in ear.blocks:
            layers.append((block.narrow.weight.double(), None))
            layers.append(_fold(block.norm, block.wide.weight.double(), block.wide.bias.double()))
        layers.append((ear.last.weight.double(), ear.last.bias.double()))
    return layers


def _fold(norm: nn.BatchNorm1d, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    mean, variance = norm.running_mean, norm.running_var
    assert mean is not None
    assert variance is not None
    gain = norm.weight.double() / torch.sqrt(variance.double() + norm.eps)
    return weight * gain[:, None], (bias - mean.double()) * gain + norm.bias.double()


__all__ = ["SPLICE", "Ear", "Shape", "folded"]
