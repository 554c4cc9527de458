"""PAXLST: what may follow what, what is done with a segment, what the whole message says; US dialect."""
