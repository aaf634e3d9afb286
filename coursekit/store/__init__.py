"""Where things are kept: files, database, blobs, keys. Each is a plug for a socket in `ports`."""
