"""What a guard looks for, one sign to a file: each says how much of it there is, and none decides anything."""
