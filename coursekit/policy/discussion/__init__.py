"""A facilitator's plan: views of a cohort, quotes, whom to call, the timetable, and how they look on a page."""
