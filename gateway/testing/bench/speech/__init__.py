"""`intake110 bench speech`: our listener beside vosk-server and beside the bare library."""

from gateway.testing.bench.speech.measures import speech

__all__ = ["speech"]
