"""What do people see and do at their desks? The web application of the review, on the loopback.

It keeps no second truth: hits are what nights published, decisions are what `screening.casework` records. Two
SQLite files lie beside them in the analyst zone:

    analyst/review/desk.sqlite     accounts, sessions, claims, drafts: no decision is lost with it
    analyst/review/index.sqlite    what the queue orders and filters by; made again when it is lost
"""
