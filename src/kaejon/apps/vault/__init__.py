"""Keeping national IDs and received rows unreadable without the keys.

`keys.py` holds the key ring and its custody; `sealing.py` encrypts, decrypts and
makes the blind index. No tables of its own.
"""
