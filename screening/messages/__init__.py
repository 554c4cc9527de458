"""What did the carrier say? PAXLST and PNRGOV bytes to messages, with offsets and findings."""
