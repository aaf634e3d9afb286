"""The rules, a hundred of codes to each file. `catalog` has them all."""
