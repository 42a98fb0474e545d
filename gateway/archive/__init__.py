"""Evidence on disk: recordings measured, repaired where a recorder was killed, hashed and kept."""
