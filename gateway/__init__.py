"""intake110: an emergency-call intake gateway for Asterisk. Start with gateway/README.md."""

__version__ = "0.1.0"
