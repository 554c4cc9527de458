"""How is it started? One module a command group."""
