"""One person in the store: found, told, corrected, erased."""
