"""How are names, documents, dates and states made comparable?"""
