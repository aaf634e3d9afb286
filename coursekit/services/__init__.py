"""The verbs. Each tells one story; its parts come in as arguments; none calls another.

What several of the exchange's verbs share (find the course, ask the gate, seal, sign) is at the `desk`.
"""
