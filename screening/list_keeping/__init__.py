"""Which versions of alert lists are in the store, and who let them come into use?"""
