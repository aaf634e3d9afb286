"""nbgrader with coursekit, for the course in this repository. Run nbgrader in this folder."""

from coursekit.nbgrader_exchange import configure

c = get_config()
configure(c)
c.CourseDirectory.course_id = "leading-innovation"
# The course is one folder up; what nbgrader makes stays out of it.
c.CourseDirectory.root = ".."
c.CourseDirectory.release_directory = "exchange/data/nbgrader/release"
c.CourseDirectory.submitted_directory = "exchange/data/nbgrader/submitted"
c.CourseDirectory.autograded_directory = "exchange/data/nbgrader/autograded"
c.CourseDirectory.feedback_directory = "exchange/data/nbgrader/feedback"
c.CourseDirectory.db_url = "sqlite:///data/nbgrader/gradebook.db"
