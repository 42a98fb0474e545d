"""Figures over many calls. Pure: rows go in, figures come out."""
