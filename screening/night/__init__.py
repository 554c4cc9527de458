"""In which order, for which flights, with what outcome?"""
