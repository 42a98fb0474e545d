"""What leaves for the dispatch core: the catalogue of events, their envelope and topics, the relay and the
MQTT link.
"""
