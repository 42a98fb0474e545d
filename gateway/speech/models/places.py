"""Where models lie when nobody says: beside the installation, whatever folder a command is started in."""

from __future__ import annotations

from pathlib import Path

FOLDER = "asr_models"


def models_folder() -> Path:
    """The checkout's folder of models; without one (an installed wheel) the present folder's."""
    beside = Path(__file__).parents[3] / FOLDER
    return beside if beside.is_dir() else Path(FOLDER)


def looks_like_model(folder: Path) -> bool:
    """Whether anything in it belongs to a model: other folders lie beside models."""
    return any((folder / part).is_dir() for part in ("am", "conf", "graph"))
