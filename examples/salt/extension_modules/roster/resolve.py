"""
The minions of a site-config, as ``resolve roster`` compiles them.

.. code-block:: yaml

    roster: resolve
    resolve_command: resolve            # or a list: [resolve, --identity, /etc/salt/age.txt]
    resolve_site: /srv/site-config      # else $RESOLVE_SITE, else where resolve looks by itself

Whatever goes wrong ends the run. A ``SaltRenderError`` would only be logged: Salt would then take the target for the name
of a machine and, if DNS has that name, connect there.
"""

import json
import logging
import subprocess

import salt.utils.yaml
from salt.exceptions import SaltClientError

log = logging.getLogger(__name__)


def targets(tgt, tgt_type="glob", **kwargs):
    """
    The minions that a glob, a regular expression, a list or a nodegroup matches, with ``roster_defaults`` beneath.

    The nodegroups are those of the site; others may stand in the configuration.
    """
    minions = _ask("roster", "--format", "json")
    if tgt_type == "nodegroup":
        groups = _ask("nodegroups")["ssh_list_nodegroups"]
        if tgt in groups:
            tgt, tgt_type = groups[tgt], "list"
        elif tgt not in __opts__.get("ssh_list_nodegroups", {}):
            raise SaltClientError(f"no nodegroup named {tgt}; `resolve nodegroups` shows those of the site")
    return __utils__["roster_matcher.targets"](minions, tgt, tgt_type, "ipv4")


def _ask(*words):
    command = __opts__.get("resolve_command", "resolve")
    command = [command] if isinstance(command, str) else list(command)
    if __opts__.get("resolve_site"):
        command += ["--site", __opts__["resolve_site"]]
    command += words
    name = f"resolve {words[0]}"
    try:
        # No terminal to ask for a passphrase on, and no shell.
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, start_new_session=True, check=False
        )
    except OSError as error:
        raise SaltClientError(f"cannot run {command[0]}, which resolve_command or PATH should lead to: {error}") from None
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode != 0:
        raise SaltClientError(f"{name} failed with exit status {done.returncode}:\n{said}")
    if said:
        log.warning("%s: %s", name, said)
    # What it printed may hold secrets, so no message repeats it. JSON is YAML, too, but its parser is the faster one.
    try:
        data = json.loads(done.stdout) if "json" in words else salt.utils.yaml.safe_load(done.stdout)
    except (ValueError, salt.utils.yaml.YAMLError):
        data = None
    if not isinstance(data, dict):
        raise SaltClientError(f"{name} printed no map")
    return data
