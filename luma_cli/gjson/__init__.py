"""GJSON paths on JSON text. Results keep the spelling, order and duplicates of the text.

Syntax: https://github.com/tidwall/gjson/blob/v1.18.0/SYNTAX.md
"""
