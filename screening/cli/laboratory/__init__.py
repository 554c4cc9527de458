"""Commands that no night needs: synthetic nights, accuracy, speed, fuzzing, generated files."""
