"""nbgrader with coursekit, for the course in this repository. Run nbgrader in this folder."""

from pathlib import Path

from coursekit.nbgrader_exchange import configure

c = get_config()
configure(c)
c.CourseDirectory.course_id = "leading-innovation"

# The course is one folder up; what nbgrader makes stays out of it.
here = Path(__file__).absolute().parent
kept = here / "data" / "nbgrader"
kept.mkdir(parents=True, exist_ok=True)
c.CourseDirectory.root = str(here.parent)
c.CourseDirectory.db_url = f"sqlite:///{kept / 'gradebook.db'}"
for step in ("release", "submitted", "autograded", "feedback"):
    setattr(c.CourseDirectory, f"{step}_directory", f"exchange/data/nbgrader/{step}")
