"""The findings of several sites in every format of `resolve validate`, read by parsers that know nothing of it.

    checks.py SARIF_SCHEMA [-- WORD…]
"""

import json
import pathlib
import re
import sys
from urllib.parse import unquote, urlsplit

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from github import commands  # noqa: E402
from scratch import Scratch, run_checks  # noqa: E402
from sites import SITES  # noqa: E402

SCHEMA = json.loads(pathlib.Path(sys.argv[1]).read_text())
ODD_FOLDER = "sïte, with 100% spaces: ☃"
GITHUB = {"error": "error", "warning": "warning", "notice": "note"}
TEXT = re.compile(r"^(error|warning|note)\[(R\d{4})\]: (.*)$")
PLACE = re.compile(r"^ *--> (\S+?):(\d+)(?::(\d+))?(?: .*)?$")


class Findings:
    """What validate says of a site in the four formats, each with its exit status."""

    def __init__(self, folder, scratch, *words, place=".", prefix=""):
        self.prefix = prefix
        run = lambda *more: scratch.run(["resolve", "validate", *words, *more], folder / place)  # noqa: E731
        self.results = {form: run("--format", form) for form in ("text", "json", "sarif", "github")}
        self.text, self.json, self.sarif, self.github = self.results.values()

    def lines(self):
        return [json.loads(line) for line in self.json.out.splitlines()]

    def document(self):
        return json.loads(self.sarif.out)


def findings(site, scratch, *words, **options):
    repository = scratch.repository(SITES[site])
    return Findings(repository.folder, scratch, *words, **options)


def check_schema_is_the_one_of_oasis():
    assert SCHEMA["$id"].endswith("/sarif-schema-2.1.0.json") and "oasis" in SCHEMA["$id"], SCHEMA["$id"]
    assert SCHEMA["title"].startswith("Static Analysis Results Format (SARIF) Version 2.1.0"), SCHEMA["title"]
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def valid(document):
    errors = sorted(jsonschema.Draft7Validator(SCHEMA).iter_errors(document), key=lambda error: list(error.path))
    assert not errors, "\n".join(f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in errors[:5])
    assert document["version"] == "2.1.0" and len(document["runs"]) == 1, "one run of version 2.1.0"
    run = document["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"].get("rules", [])]
    assert rules == sorted(set(rules)), f"rules in order, each once: {rules}"
    assert {result["ruleId"] for result in run.get("results", [])} == set(rules), "the rules are those of the results"
    for result in run.get("results", []):
        assert rules[result["ruleIndex"]] == result["ruleId"], "ruleIndex"
    return run


def places(run):
    """(severity, code, path, line) of each result."""
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        yield result["level"], result["ruleId"], path_of(place), place["region"]["startLine"]


def path_of(place):
    uri = place["artifactLocation"]["uri"]
    split = urlsplit(uri)
    assert not split.scheme and not split.query and not split.fragment and not uri.startswith("/"), f"{uri!r} is not a relative path"
    assert re.fullmatch(r"[A-Za-z0-9._~!$&'()*+,;=:@/%-]+", uri), f"{uri!r} is not percent-encoded"
    return unquote(uri, errors="strict")


def plain(message):
    """The beginning of a message, up to what a format may have to escape."""
    return re.split(r"[\x00-\x1f\x7f-\x9f]", message)[0]


def agree(found):
    """All four have the same findings: severity, code, file and line."""
    statuses = {form: result.status for form, result in found.results.items()}
    assert len(set(statuses.values())) == 1, f"exit {statuses}"
    lines = found.lines()
    expected = [
        (line["severity"], line["code"], found.prefix + (line["file"] or "site.yaml"), line["line"] or 1) for line in lines]

    run = valid(found.document())
    sarif = list(places(run))
    assert sarif == expected, f"SARIF has {sarif} and JSON {expected}"
    for result, line in zip(run["results"], lines):
        assert result["message"]["text"].startswith(plain(line["message"])), (result["message"], line["message"])
        region = result["locations"][0]["physicalLocation"]["region"]
        if line["column"] is not None:
            # No more columns where all of a line or nothing is meant.
            for key, name in (("startColumn", "column"), ("endLine", "end_line"), ("endColumn", "end_column")):
                assert region.get(key) == line[name], f"{key} of {region} and {name} of {line}"
        elif line["file"] is not None:
            assert "startColumn" not in region and "snippet" not in region, f"a hidden column: {region}"
        assert bool(result.get("fixes")) == bool(line["fixes"]), f"fixes of {result} and {line}"

    github = list(commands(found.github.out))
    there = [(GITHUB[name], of["title"][:5], of.get("file", found.prefix + "site.yaml"), int(of.get("line", 1))) for name, of, _ in github]
    assert there == expected, f"GitHub has {there} and JSON {expected}"
    for (_, properties, message), line in zip(github, lines):
        assert message.startswith(plain(line["message"])), (message, line["message"])
        if line["help"]:
            assert line["help"] in message, f"no help in {message!r}"
        if line["column"] is not None and line["line"] == line["end_line"]:
            assert (properties.get("col"), properties.get("endColumn")) == (str(line["column"]), str(line["end_column"])), (properties, line)
        else:
            assert "col" not in properties and "endColumn" not in properties, properties

    text, said = [], found.text.err.split("\n")
    for index, line in enumerate(said):
        if head := TEXT.match(line):
            place = PLACE.match(said[index + 1]) or PLACE.match("--> site.yaml:1")
            text.append((head[1], head[2], found.prefix + place[1], int(place[2])))
    assert text == expected, f"text has {text} and JSON {expected}"
    return lines


def fixed(text, edits):
    """A file's text with the edits of a fix of SARIF; columns count Unicode scalars."""
    lines = text.splitlines(keepends=True)
    starts = [sum(map(len, lines[:index])) for index in range(len(lines) + 1)]
    offset = lambda line, column: starts[line - 1] + column - 1  # noqa: E731
    for edit in sorted(edits, key=lambda edit: (edit["deletedRegion"]["startLine"], edit["deletedRegion"]["startColumn"]), reverse=True):
        region = edit["deletedRegion"]
        start = offset(region["startLine"], region["startColumn"])
        end = offset(region.get("endLine", region["startLine"]), region["endColumn"])
        text = text[:start] + edit.get("insertedContent", {}).get("text", "") + text[end:]
    return text


def check_a_site_without_findings(scratch):
    found = findings("clean", scratch)
    assert agree(found) == [] and found.json.status == 0, found.json
    assert found.github.out == "" and found.json.out == "", found.github
    run = found.document()["runs"][0]
    assert run["results"] == [], "an empty array says that nothing was found; none, that nothing was looked at"


def check_findings_with_fixes(scratch):
    repository = scratch.repository(SITES["fixes"])
    found = Findings(repository.folder, scratch)
    lines = agree(found)
    assert found.json.status == 1 and {"R0201"} <= {line["code"] for line in lines}, found.json
    tried = 0
    for result in found.document()["runs"][0]["results"]:
        for fix in result.get("fixes", []):
            paths = [path_of({"artifactLocation": change["artifactLocation"]}) for change in fix["artifactChanges"]]
            assert len(paths) == len(set(paths)), "one artifactChange a file"
            before = {path: (repository / path).read_text() for path in paths}
            for path, change in zip(paths, fix["artifactChanges"]):
                (repository / path).write_text(fixed(before[path], change["replacements"]))
            after = Findings(repository.folder, scratch).lines()
            assert len(after) < len(lines), f"the fix of {result['ruleId']} does not help: {after}"
            repository.write(before)
            tried += 1
    assert tried >= 2, f"only {tried} fixes were there to be tried"


def check_places_in_several_files(scratch):
    found = findings("related", scratch)
    agree(found)
    related = [result["relatedLocations"] for result in found.document()["runs"][0]["results"] if result.get("relatedLocations")]
    assert related, "no finding has a related place"
    for location in sum(related, []):
        assert location["message"]["text"] and path_of(location["physicalLocation"]), location


def check_secrets_are_in_no_format(scratch):
    found = findings("secrets", scratch)
    lines = agree(found)
    assert any(line["file"] == "secrets.yaml" for line in lines), "nothing is wrong in secrets.yaml"
    for form, result in found.results.items():
        assert "xyzzy" not in result.out + result.err, f"{form} shows a secret: {result}"
    for result in found.document()["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        if path_of(place).startswith("secrets"):
            assert set(place["region"]) == {"startLine"}, f"more than a line of a secret's file: {place}"
            assert not result.get("fixes"), "a fix in a file of secrets"
            assert not place.get("contextRegion"), "context of a secret"


def check_text_that_is_no_command(scratch):
    found = findings("text", scratch)
    agree(found)
    assert "\x1b" not in found.text.err + found.github.out, "an escape reaches the terminal"


def check_syntax_errors(scratch):
    found = findings("syntax", scratch)
    assert len(agree(found)) >= 4, found.json


def check_a_site_below_an_odd_folder(scratch):
    for site in ("fixes", "secrets", "related", "text"):
        repository = scratch.repository({f"{ODD_FOLDER}/{path}": text for path, text in SITES[site].items()})
        found = Findings(repository.folder, scratch, place=ODD_FOLDER, prefix=ODD_FOLDER + "/")
        agree(found)
        # From elsewhere, by name: the same.
        named = Findings(repository.folder, scratch, ODD_FOLDER, prefix=ODD_FOLDER + "/")
        agree(named)
        assert named.sarif.out == found.sarif.out and named.github.out == found.github.out, "the working directory matters"


def check_a_file_that_cannot_be_read(scratch):
    for name, make in (("loop", lambda path: path.symlink_to(path.name)), ("folder", lambda path: path.mkdir())):
        repository = scratch.repository(SITES["fixes"])
        make(repository / f"envs/{name}.yaml")
        found = Findings(repository.folder, scratch)
        statuses = {result.status for result in found.results.values()}
        assert len(statuses) == 1 and statuses < {1, 2}, f"exit {statuses}"
        run = valid(found.document())
        if statuses == {2} or found.json.err:
            invocation = run["invocations"][0]
            assert invocation["executionSuccessful"] is False, invocation
            notes = invocation["toolExecutionNotifications"]
            assert any(name in note["message"]["text"] for note in notes), notes
        else:
            agree(found)


def check_quiet_and_denied(scratch):
    for words in (["--quiet"], ["--deny-warnings"], ["--quiet", "--deny-warnings"]):
        for site in ("clean", "fixes", "related"):
            lines = agree(findings(site, scratch, *words))
            # Where warnings decide, they are shown.
            if words == ["--quiet"]:
                assert all(line["severity"] == "error" for line in lines), lines
            elif site == "related":
                assert any(line["severity"] == "warning" for line in lines), lines


def check_written_to_a_file(scratch):
    repository = scratch.repository(SITES["fixes"])
    for form in ("json", "sarif", "github"):
        printed = repository.resolve("validate", "--format", form, status=1)
        written = repository.resolve("validate", "--format", form, "-o", scratch.folder / "written", status=1)
        assert written.out == "" and (scratch.folder / "written").read_text() == printed.out, form


def check_bytes_are_stable(scratch):
    for site, files in SITES.items():
        first, second = (scratch.repository(dict(order)) for order in (files.items(), reversed(files.items())))
        for form in ("json", "sarif", "github"):
            one, two, again = (repository.resolve("validate", "--format", form, status=None).out for repository in (first, second, first))
            assert one == two == again, f"{site} as {form} differs from run to run"


def main():
    scratch = Scratch()
    try:
        check_schema_is_the_one_of_oasis()
        run_checks([check for name, check in globals().items() if name.startswith("check_") and "oasis" not in name], scratch)
    finally:
        scratch.remove()


if __name__ == "__main__":
    main()
