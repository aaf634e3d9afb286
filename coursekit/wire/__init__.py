"""JSON shapes that both ends share: `api` for the exchange service, `authoring` for what authors write."""
