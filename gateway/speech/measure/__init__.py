"""How well a model hears: recordings or invented voices with known words, and the errors counted."""
