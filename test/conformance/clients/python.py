"""Calls operations with boto3, one for each line of standard input, and judges each response by botocore's model.

A line is {"service": "<IAM prefix>", "operation": "<Operation>", "input": {...}}. The first line printed is the client's name; then
one for each call: {"output": ...}, {"code": "<of the error>"} or {"wrong": "<what the model does not have>"}.
AWS_ENDPOINT_URL, the region and keys come from the environment.
"""

import json
import sys

import boto3
import botocore
from botocore.config import Config
from botocore.exceptions import ClientError

NAMES = {"elasticloadbalancing": "elbv2", "states": "stepfunctions"}
TYPES = {"string": str, "character": str, "boolean": bool, "integer": int, "long": int, "float": float, "double": float}
CONFIG = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
clients = {}


def problems(value, shape, place):
    """What of a parsed response is not of the model's type, and which required members are missing."""
    if value is None:
        return []
    kind = shape.type_name
    if kind == "structure":
        missing = [f"{place}.{name} is missing" for name in shape.required_members if name not in value]
        inner = [(name, item) for name, item in value.items() if name in shape.members]
        return missing + [p for name, item in inner for p in problems(item, shape.members[name], f"{place}.{name}")]
    if kind == "list":
        return [p for index, item in enumerate(value) for p in problems(item, shape.member, f"{place}[{index}]")]
    if kind == "map":
        return [p for key, item in value.items() for p in problems(item, shape.value, f"{place}.{key}")]
    expected = TYPES.get(kind)
    if expected is None:
        return []
    if kind == "string" and isinstance(value, dict) and ("policy" in shape.name.lower() or shape.name == "TemplateBody"):
        return []  # botocore parses documents of IAM and CloudFormation
    fits = isinstance(value, (int, float) if expected is float else expected)
    allowed = not getattr(shape, "enum", None) or value in shape.enum or value == ""
    wrong = [] if fits else [f"{place} is {value!r}: expected {kind}"]
    return wrong + ([] if allowed else [f"{place} is {value!r}: not one of the model's"])


def call(service, operation, given):
    client = clients.setdefault(service, None) or boto3.client(NAMES.get(service, service), config=CONFIG)
    clients[service] = client
    method = next((name for name, each in client.meta.method_to_api_mapping.items() if each == operation), None)
    if method is None:
        return {"wrong": f"boto3 {boto3.__version__} has no such operation"}
    try:
        response = getattr(client, method)(**given)
    except ClientError as error:
        return {"code": error.response["Error"]["Code"], "message": error.response["Error"].get("Message")}
    except Exception as error:  # botocore cannot read the response
        return {"wrong": f"{type(error).__name__}: {error}"}
    response.pop("ResponseMetadata", None)
    shape = client.meta.service_model.operation_model(operation).output_shape
    found = problems(response, shape, operation) if shape else []
    if found:
        return {"wrong": "; ".join(found)}
    return {"output": {name: item.read() if hasattr(item, "read") else item for name, item in response.items()}}


def text_of(value):
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


print(json.dumps({"client": f"boto3 {boto3.__version__}, botocore {botocore.__version__}"}), flush=True)
for line in sys.stdin:
    each = json.loads(line)
    print(json.dumps(call(each["service"], each["operation"], each["input"]), default=text_of), flush=True)
