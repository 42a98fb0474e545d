"""Hearing both sides: taps, spool, recognition, segments."""
