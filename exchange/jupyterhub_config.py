# coursekit on JupyterHub, 4.1 or newer. The Hub starts the exchange.
# Put this at the END of jupyterhub_config.py: it adds to what stands above it, and what is assigned below it
# would take it away again. The Hub's own environment needs nothing of coursekit.

c = get_config()


def coursekit_so_far(section, name, empty):
    """What is configured above; traitlets keeps `append` and `update` aside until somebody assigns."""
    value = c[section].get(name, empty)
    return value.get_value(empty) if hasattr(value, "get_value") else value


# The exchange. It asks the Hub about each caller with the caller's own token, so it needs no rights of its own.
c.JupyterHub.services = [
    *coursekit_so_far("JupyterHub", "services", []),
    {
        # by this name the Hub, its proxy and the scope below know it
        "name": "coursekit",
        # where it listens
        "url": "http://127.0.0.1:8720",
        # the Hub starts and stops it
        "command": ["coursekit", "serve"],
        # where it keeps its data: back this folder up
        "environment": {"COURSEKIT_DATA": "/srv/coursekit"},
        # it has no pages, so the Hub's menu need not show it
        "display": False,
    },
]

# The one right that learners and their servers need: to use their token at the exchange. A server's token can
# never do more than its owner, so both roles get it. A role that is configured replaces the Hub's own, so what
# the Hub gives to it stays in the list.
from jupyterhub.roles import get_default_roles  # noqa: E402

coursekit_roles = {role["name"]: role for role in coursekit_so_far("JupyterHub", "load_roles", [])}
for coursekit_default in get_default_roles():
    if coursekit_default["name"] in ("user", "server"):
        coursekit_role = coursekit_roles.setdefault(coursekit_default["name"], coursekit_default)
        coursekit_role["scopes"] = [*coursekit_role.get("scopes", []), "access:services!service=coursekit"]
c.JupyterHub.load_roles = list(coursekit_roles.values())

# Groups, by nbgrader's names for them: formgrade-COURSE teaches a course, nbgrader-COURSE takes it. Put
# people into them on the Hub's admin page. A row on the exchange's own roster outweighs a group. Where the
# sign-in brings the groups along (manage_groups), they are its affair, and the Hub takes none from here.
if not c.Authenticator.get("manage_groups", False):
    coursekit_groups = dict(coursekit_so_far("JupyterHub", "load_groups", {}))
    for coursekit_name, coursekit_people in [
        ("formgrade-leading-innovation", []),
        ("nbgrader-leading-innovation", []),
    ]:
        coursekit_group = coursekit_groups.get(coursekit_name, {})
        if isinstance(coursekit_group, list):
            coursekit_group = {"users": coursekit_group}
        coursekit_users = [*coursekit_group.get("users", []), *coursekit_people]
        coursekit_groups[coursekit_name] = {**coursekit_group, "users": coursekit_users}
    c.JupyterHub.load_groups = coursekit_groups

# Where learners' servers find the exchange. With it, `coursekit` and `nbgrader` use the server's own token, and
# nobody has to sign in.
c.Spawner.environment = {
    **coursekit_so_far("Spawner", "environment", {}),
    "COURSEKIT_URL": "http://127.0.0.1:8720",
}


# nbgrader turns its formgrader on for everybody; whoever does not teach gets a server without it.
def coursekit_hook(before):
    def before_spawn(spawner):
        off = "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': False}"
        teachers = ["formgrade-leading-innovation"]
        teaches = any(group.name in teachers for group in spawner.user.groups)
        others = [arg for arg in spawner.args if arg != off]
        spawner.args = others if teaches else [*others, off]
        return before(spawner) if before else None

    return before_spawn


c.Spawner.pre_spawn_hook = coursekit_hook(coursekit_so_far("Spawner", "pre_spawn_hook", None))
