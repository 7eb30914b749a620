"""Says where two values of JSON differ, and ends the check there."""

import sys


def different(got, expected, path=""):
    """What is not as it should be, a line each. 1, 1.0 and true are equal in Python, but not here."""
    if isinstance(got, dict) and isinstance(expected, dict):
        for key in {**expected, **got}:
            if key in got and key in expected:
                yield from different(got[key], expected[key], f"{path}/{key}")
            else:
                yield f"  {path}/{key} is {'missing' if key in expected else 'too much'}"
    elif isinstance(got, list) and isinstance(expected, list) and len(got) == len(expected):
        for index, pair in enumerate(zip(got, expected)):
            yield from different(*pair, f"{path}/{index}")
    elif type(got) is not type(expected) or got != expected:
        yield f"  {path or 'it'} is {got!r} and should be {expected!r}"


def same(what, got, expected):
    differences = list(different(got, expected))
    if differences:
        sys.exit("\n".join([f"{what}:", *differences]))
