"""What does a person see of a night?"""
