"""What an author should know before learners do. The rules are in `catalog`; `review` applies them all."""
