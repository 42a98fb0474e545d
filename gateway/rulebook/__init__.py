"""The rulebook of a site: which rule pack judges its calls, and how another one takes its place."""
