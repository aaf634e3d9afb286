"""The rules of the domain: values in, a decision out. No clock, no chance, no I/O."""
