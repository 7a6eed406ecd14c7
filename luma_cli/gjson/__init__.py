"""GJSON paths on JSON text: what they name keeps the spelling, order and duplicates it came with.

Syntax: https://github.com/tidwall/gjson/blob/v1.18.0/SYNTAX.md
"""
