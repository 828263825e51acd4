"""Settings of the commands that touch only files: no server, no secret, an empty environment."""

import os

os.environ["SEEDBED_FILES_ONLY"] = "1"

from portal.settings import *  # noqa: F403 - the switch above must come first
