"""What do people do with a night? Decide hits, look people up, explain a pair, replay what was set aside."""
