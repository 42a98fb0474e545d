"""Incidents: calls that people linked, what speaks for linking them, surges and floods. A call is not
an incident.
"""
