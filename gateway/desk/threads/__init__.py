"""Threads: the messages of one number over one provider, in and out. One thread has one open call at most."""
