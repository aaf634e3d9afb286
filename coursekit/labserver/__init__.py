"""The lab's window on the exchange: a Jupyter server extension in the learner's own server.

    browser ── cookie and XSRF, Jupyter's ──▶ labserver ── the learner's token ──▶ exchange

Handlers are thin and asynchronous; what blocks runs in a thread.
"""
