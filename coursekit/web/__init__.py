"""The exchange service: API only, bearer tokens only, RFC 9457 answers. Routes read, call a verb, answer."""
