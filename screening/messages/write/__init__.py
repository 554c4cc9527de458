"""Written interchanges: the counterpart of the readers, from the same tables."""
