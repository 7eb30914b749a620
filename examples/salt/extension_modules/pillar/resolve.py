"""
The pillar of a minion, as ``resolve pillar`` compiles it from a site-config.

.. code-block:: yaml

    ext_pillar:
      - resolve: {}
    resolve_command: resolve            # or a list: [resolve, --identity, /etc/salt/age.txt]
    resolve_site: /srv/site-config      # else $RESOLVE_SITE, else where resolve looks by itself

Whatever goes wrong is raised. Salt then refuses to apply states, where ``cmd_json`` would hand out an empty pillar.
"""

import json
import logging
import subprocess

from salt.exceptions import CommandExecutionError

log = logging.getLogger(__name__)


def ext_pillar(minion_id, pillar):
    """
    What ``resolve pillar`` says of this minion. A minion that the site does not describe is an error.
    """
    command = __opts__.get("resolve_command", "resolve")
    command = [command] if isinstance(command, str) else list(command)
    if __opts__.get("resolve_site"):
        command += ["--site", __opts__["resolve_site"]]
    command += ["pillar", "--", minion_id]
    try:
        # No terminal: twenty minions at once must not ask for one passphrase. And no shell.
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, start_new_session=True, check=False
        )
    except OSError as error:
        raise CommandExecutionError(
            f"cannot run {command[0]}, which resolve_command or PATH should lead to: {error}"
        ) from None
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode != 0:
        raise CommandExecutionError(
            f"resolve pillar {minion_id} failed with exit status {done.returncode}:\n{said}"
        )
    if said:
        log.warning("resolve pillar %s: %s", minion_id, said)
    # What it printed holds secrets, so no message repeats it.
    try:
        data = json.loads(done.stdout)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise CommandExecutionError(f"resolve pillar {minion_id} printed something other than a JSON object")
    return data
