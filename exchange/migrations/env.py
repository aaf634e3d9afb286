"""Where Alembic finds the database: the connection that `coursekit migrate` hands over.

Operators need no alembic.ini: `coursekit migrate` brings a database up, and every start of the service does.
"""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # One transaction around all steps, begun by whoever called: a database is at one release or at another.
    transaction_per_migration=False,
    transactional_ddl=True,
)
context.run_migrations()
