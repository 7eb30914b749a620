"""Workflow commands as GitHub's runner reads them, written from its documentation and its source (ActionCommand.cs)."""

DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))


def unescaped(text, escapes):
    for escape, letter in escapes:
        text = text.replace(escape, letter)
    return text


def commands(text):
    """(name, properties, message) of each command; every line must be one, and be read back as it was written."""
    for line in text.split("\n")[:-1]:
        assert line.startswith("::"), f"no workflow command: {line!r}"
        head, separator, data = line[2:].partition("::")
        assert separator, f"a command without an end: {line!r}"
        name, _, rest = head.partition(" ")
        properties = {}
        for pair in filter(None, rest.split(",")):
            key, equals, value = pair.strip().partition("=")
            assert equals and key not in properties, f"odd property {pair!r} in {line!r}"
            properties[key] = unescaped(value, PROPERTY)
        assert "\r" not in line and all(letter >= " " for letter in line), f"a control character in {line!r}"
        yield name, properties, unescaped(data, DATA)
    assert text == "" or text.endswith("\n"), "the last line does not end"
