"""What may be kept, how long, and with what trace?"""
