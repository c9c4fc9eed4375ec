"""The whole city, made from a seed: see `make.py`."""
