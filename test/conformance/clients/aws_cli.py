"""Calls operations with the AWS CLI, one for each line of standard input: the protocol of boto3.py.

The CLI takes a second to start, so one process runs its commands: as a script for a CLI that Python can import, and as a plugin
(`cli_legacy_plugin_path`) inside the program that AWS distributes. Each call is a command line that a person could type.
"""

import contextlib
import functools
import io
import json
import os
import re
import sys
import tempfile

import awscli
from awscli.clidriver import create_clidriver
from botocore import xform_name

NAMES = {"codedeploy": "deploy", "elasticloadbalancing": "elbv2", "s3": "s3api", "states": "stepfunctions"}
IS_V1 = awscli.__version__.startswith("1.")
# These commands write what they stream to a file, and take no --cli-input-json without their required options.
STREAMS = {"s3:GetObject", "lambda:Invoke"}


def command_line(service, operation, given):
    given = dict(given)
    words = [NAMES.get(service, service), xform_name(operation, "-")]
    body = given.pop("Body", None) if service == "s3" else None
    if body is not None:
        path = os.path.join(tempfile.mkdtemp(), "body")
        with open(path, "w", encoding="utf8") as file:
            file.write(body)
        words += ["--body", path]
    if f"{service}:{operation}" in STREAMS:
        words += [word for name, value in given.items() for word in (f"--{xform_name(name, '-')}", value)]
        words.append(os.path.join(tempfile.mkdtemp(), "output"))
    else:
        words += ["--cli-input-json", json.dumps(given)]
    # The CLI of Debian 12 does not read AWS_ENDPOINT_URL.
    words += ["--endpoint-url", os.environ["AWS_ENDPOINT_URL"], "--output", "json", "--no-paginate"]
    if not IS_V1:
        words += ["--cli-binary-format", "raw-in-base64-out", "--no-cli-pager"]
    return words


@functools.cache
def driver():
    return create_clidriver()


def run(words):
    """@returns exit code, standard output and standard error of one command"""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = driver().main(words)
        except SystemExit as end:
            code = end.code
    out.flush()
    return code, out.buffer.getvalue().decode(), err.getvalue()


def call(service, operation, given):
    words = command_line(service, operation, given)
    code, out, err = run(words)
    if code == 0:
        return {"output": json.loads(out) if out.strip() else {}}
    refused = re.search(r"An error occurred \(([\w.]+)\)(?: when calling the (\w+))?", err)
    if refused:
        return {"code": refused.group(1), "message": err}
    if re.search(r"argument (operation|command).*[Ii]nvalid choice|Found invalid choice|Unknown parameter in input", err, re.S):
        return {"lacks": True}
    return {"wrong": f"{' '.join(words)} ended with {code}: {err[-600:]}"}


def serve():
    responses = sys.stdout
    print(json.dumps({"client": f"AWS CLI {awscli.__version__}"}), file=responses, flush=True)
    for line in sys.stdin:
        each = json.loads(line)
        print(json.dumps(call(each["service"], each["operation"], each["input"])), file=responses, flush=True)


def awscli_initialize(_cli):
    """Called by the CLI when it loads its plugins: once for the program, and again for each command."""
    if os.environ.pop("CONFORMANCE_PLUGIN", None):
        serve()
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    serve()
