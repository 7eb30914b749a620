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

from salt.exceptions import SaltClientError

log = logging.getLogger(__name__)


def targets(tgt, tgt_type="glob", **kwargs):
    """
    The minions that a glob, a regular expression, a list or a nodegroup matches, with ``roster_defaults`` beneath.
    """
    return __utils__["roster_matcher.targets"](_minions(), tgt, tgt_type, "ipv4")


def _minions():
    command = __opts__.get("resolve_command", "resolve")
    command = [command] if isinstance(command, str) else list(command)
    if __opts__.get("resolve_site"):
        command += ["--site", __opts__["resolve_site"]]
    command += ["roster", "--format", "json"]
    try:
        # No terminal to ask for a passphrase on, and no shell.
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, start_new_session=True, check=False
        )
    except OSError as error:
        raise SaltClientError(f"cannot run {command[0]}, which resolve_command or PATH should lead to: {error}") from None
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode != 0:
        raise SaltClientError(f"resolve roster failed with exit status {done.returncode}:\n{said}")
    if said:
        log.warning("resolve roster: %s", said)
    # What it printed may hold secrets, so no message repeats it.
    try:
        minions = json.loads(done.stdout)
    except ValueError:
        minions = None
    if not isinstance(minions, dict):
        raise SaltClientError("resolve roster printed something other than a JSON object")
    return minions
