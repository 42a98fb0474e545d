"""Benchmarks: the gateway beside a bare script that does the same with nothing kept, on the same bytes in
one run.
"""
