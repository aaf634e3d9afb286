"""What JupyterHub's answer about a token makes of its bearer."""

from __future__ import annotations

from collections.abc import Mapping

from coursekit.model.ids import USER_RULE, UserId, is_user
from coursekit.model.outcome import Refused
from coursekit.model.people import Identity

SERVICE_ACCOUNT = "hub-service-"
"""How the name of a Hub service begins here. No person may be called so: they would pass for the service."""


def access_scope(service: str) -> str:
    """The one scope that a token needs to be used at that service."""
    return f"access:services!service={service}"


def who_is(model: Mapping[str, object], service: str) -> Identity | Refused | None:
    """Whoever the Hub says the token belongs to; none when the answer is not a Hub's.

    `model`: the answer of `GET /hub/api/user` to the token itself, JupyterHub 4 or newer; `service`: the name
    under which the Hub knows this exchange.

    A Hub service is no learner. It is known as `hub-service-NAME`, is in no group, and may do what a roster says
    of that name: nothing, until somebody puts it there.
    """
    kind, name = model.get("kind"), model.get("name")
    scopes, groups = _texts(model.get("scopes")), _texts(model.get("groups", []))
    if kind not in ("user", "service") or not isinstance(name, str) or scopes is None or groups is None:
        return None
    if scopes.isdisjoint({access_scope(service), "access:services"}):
        return Refused(
            "missing-scope",
            f"Your token may not be used at the exchange: it lacks the scope {access_scope(service)}.",
            "Whoever runs the JupyterHub adds that scope to the roles “user” and “server”, as `coursekit "
            "hub-config` prints it, and restarts the Hub; then restart your server.",
        )
    known_as = name if kind == "user" else SERVICE_ACCOUNT + name
    if not is_user(known_as):
        return Refused(
            "unusable-name",
            "Your name on the JupyterHub has characters that the exchange cannot use.",
            f"Ask whoever runs the JupyterHub for a name of {USER_RULE}.",
        )
    if kind == "user" and known_as.startswith(SERVICE_ACCOUNT):
        return Refused(
            "reserved-name",
            f"Names that begin with {SERVICE_ACCOUNT} belong to services of the JupyterHub.",
            "Ask whoever runs the JupyterHub for another name.",
        )
    return Identity(UserId(known_as), groups if kind == "user" else frozenset())


def _texts(value: object) -> frozenset[str] | None:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        return None
    return frozenset(value)
