"""A zoo of course notebooks in the styles of real courses, each with a class's hand-ins. All of it is our own.

making      how one is written down; masters and hand-ins made of it
data        tables, numbers, plots, files, databases, modules beside the notebook
language    what a first course in Python asks for
credit      part of the points
checks      the many ways of checking
notebooks   magics, history, event loop, processes, widgets
rough       what goes wrong
words       what a person marks
courses     which are graded together
"""
