"""What was found, and what was decided before?"""
