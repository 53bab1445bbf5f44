"""The programs that are killed: how each is run, and where it keeps what it knows."""

import re
import subprocess

from kill_door import kill_group
from terraform import Failed, Terraform

# Longer than any run.
AGES = 1200


class Tool:
    """A program under test, in a folder that holds its project and its home."""

    options = []

    def __init__(self, command):
        self.command = command

    def start(self, folder, url, *arguments):
        environment = Terraform(folder, None).environment | {"AWS_ENDPOINT_URL": url}
        return subprocess.Popen(
            [*self.command, *arguments, *self.options],
            cwd=folder, env=environment, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )

    def run(self, folder, url, *arguments):
        """Exit code and output; it is no answer that a run does not end."""
        running = self.start(folder, url, *arguments)
        try:
            said, _ = running.communicate(timeout=AGES)
        except subprocess.TimeoutExpired:
            kill_group(running.pid)
            return None, "Error: it does not end"
        return running.returncode, said

    def killed(self, folder, door, *arguments):
        """Starts a run that the door is to kill; whether it has."""
        running = self.start(folder, door.url, *arguments)
        door.kill = lambda: kill_group(running.pid)
        try:
            running.communicate(timeout=AGES)
        except subprocess.TimeoutExpired:
            kill_group(running.pid)
            raise Failed(f"{self.name} {' '.join(arguments)} neither ends nor gets to its kill")
        return door.has_killed()

    def prepare(self, folder):
        """Makes a new project ready to be applied."""


class TerraformTool(Tool):
    name = "terraform"
    options = ["-input=false", "-no-color"]

    def prepare(self, folder):
        if not Terraform(folder, None).init():
            raise Failed("the provider hashicorp/aws is neither installed nor can it be fetched")

    def state(self, folder, _):
        state = folder / "terraform.tfstate"
        return state.read_text() if state.exists() else ""


class MeridianTool(Tool):
    name = "meridian"

    def state(self, folder, url):
        code, said = self.run(folder, url, "show", "-json")
        if code != 0:
            raise Failed(f"meridian show -json ended with {code}:\n{said}")
        return said


def error_of(said):
    """The first error of an output, without what differs from run to run."""
    found = re.search(r"Error: (.*)", said)
    text = found.group(1) if found else (said.splitlines() or ["nothing"])[-1]
    text = re.sub(r"RequestID: [0-9a-f-]+", "RequestID: …", text)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|(mrk-)?[0-9a-f]{26,}|(?<=-)\w{6}\b(?=[ ,)])", "…", text)[:300]
