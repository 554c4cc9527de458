"""How do tables become files that are never half there, and who may open which?"""
