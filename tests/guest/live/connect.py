"""Connects as Ansible would: pypsrp over HTTPS and NTLM, with and without the channel's binding token."""
import json
import sys
from pathlib import Path

from pypsrp.client import Client
from pypsrp.exceptions import AuthenticationError

folder = Path(sys.argv[1])
machine = json.loads((folder / "run.json").read_text())
password = json.loads((folder / "connection.json").read_text())["password"]


def client(send_cbt):
    return Client(
        machine["name"], username="svc-ansible", password=password, port=5986, ssl=True, auth="ntlm",
        cert_validation=str(folder / "ca.pem"), negotiate_send_cbt=send_cbt,
    )


output, _, had_errors = client(True).execute_ps("[Security.Principal.WindowsIdentity]::GetCurrent().Name")
print(output)
if had_errors or not output.strip().lower().endswith("svc-ansible"):
    sys.exit("the account does not get in")
try:
    client(False).execute_ps("1")
except AuthenticationError:
    print("refused without the channel's binding token")
else:
    sys.exit("let in without the channel's binding token")
