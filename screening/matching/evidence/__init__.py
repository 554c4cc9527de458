"""Pieces of evidence, one module each: which relation holds, what it weighs, how it reads in words."""
