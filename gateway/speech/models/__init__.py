"""Speech models: is a folder one (`card`), does it hear (`trial`), and how another comes in (`install`)."""

from gateway.speech.models.card import RATES_HZ, ModelCard, ModelError, check, check_all

__all__ = ["RATES_HZ", "ModelCard", "ModelError", "check", "check_all"]
