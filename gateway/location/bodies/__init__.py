"""The formats in which a body can say where a caller is, a module each; `location.body` is their one door."""
