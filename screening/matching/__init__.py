"""Could it be the same person, how sure, and why?"""
