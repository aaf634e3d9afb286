"""Whose word counts for who somebody is: this exchange's own tokens, and on a JupyterHub the Hub's as well."""

from __future__ import annotations

from coursekit.hub import HubTokens
from coursekit.model.people import Identity
from coursekit.ports import Clock, Tokens
from coursekit.store.keys import claims_to_be_ours
from coursekit.wiring.settings import hub


class EitherTokens:
    """A token that names this exchange as its issuer is asked of the exchange alone, any other of the Hub alone.

    So neither can speak for the other: a forged token of ours never gets a second chance at the Hub, and none of
    ours is ever sent there. What it is good for: the operator's own tools, which must work while the Hub is away.
    Only who can read the exchange's private keys can make such a token.
    """

    def __init__(self, ours: Tokens, the_hubs: Tokens) -> None:
        self._ours = ours
        self._the_hubs = the_hubs

    async def identify(self, token: str, fresh: bool) -> Identity:
        """Its owner, by whoever issued it."""
        tokens = self._ours if claims_to_be_ours(token) else self._the_hubs
        return await tokens.identify(token, fresh)


def choose_tokens(ours: Tokens, clock: Clock) -> Tokens:
    """The tokens that the settings ask for. Raises BadInput for a Hub's address that is none."""
    settings = hub()
    if settings is None:
        return ours
    return EitherTokens(ours, HubTokens(settings.api_url, settings.service, clock))
