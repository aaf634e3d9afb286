"""What tests of several rooms use; nothing here is a test."""
