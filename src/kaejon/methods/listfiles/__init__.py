"""Uploaded lists: read, map and validate into canonical rows.

`reading` opens a file and gives its rows, `mapping` says which column means what, `rows`
turns cells into facts with issues, `messages` explains every issue in Thai and English,
`exporting` writes lists back safely.
"""
