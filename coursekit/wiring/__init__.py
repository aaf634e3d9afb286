"""The one place that picks real parts and reads settings; in rooms, so that learners load no database.

settings   what the environment says      clock      the time, once
exchange   the service's parts            learner    a learner's folder and connection
staff      nbgrader's folders and gradebook          author     checking, building, scaffolding
"""
