"""What did this agency decide? One TOML file, read once into frozen models."""
