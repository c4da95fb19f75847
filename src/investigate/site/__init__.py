"""The review site: a static folder, made of what lies under ``audit/``.

Everything read there is hostile text. Pages are one file each, with their style inside; they
ask for nothing, and their policy names what little may run by its hash, which holds from a
disk as from a server.
"""
