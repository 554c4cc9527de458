"""Who is on this leg, by what evidence? Statements settled into one current manifest for each leg."""
