"""Where code of authors and learners runs."""
