"""Calls every operation of a local AWS once with boto3, and judges each response by botocore's model of the operation.

Reads {"<botocore service>": ["<Operation>", ...]} from standard input. AWS_ENDPOINT_URL and keys come from the environment.
Prints one JSON document: the client, and for each operation "responds", "refuses: <code>" or "wrong: <what>". The input of a call
has every required member and nothing else. A refusal counts as one if AWS declares its code for the operation, or for all.
"""

import json
import re
import sys

import boto3
import botocore
from botocore.config import Config
from botocore.exceptions import ClientError

TYPES = {"string": str, "character": str, "boolean": bool, "integer": int, "long": int, "float": float, "double": float}

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html, and what S3 has instead of declared errors.
COMMON = re.compile(r"^(Validation(Error|Exception)|InvalidParameter\w*|Invalid\w+|MissingParameter|NoSuch\w+|NotImplemented"
                    r"|\w*NotFound\w*|\w*DoesNotExist\w*|\w*Required(Exception)?|\w*AlreadyExists\w*|\w*AlreadyOwnedByYou"
                    r"|Malformed\w+|Invalid\w+\.\w+|AccessDenied(Exception)?|404|412|304)$")
NEVER = re.compile(r"^(InternalFailure|UnknownOperation\w*|SerializationException)$")

# In this order one finds what another one made.
ORDER = ["Create", "Register", "Put", "Add", "Tag", "Authorize", "Start", "Get", "Describe", "List", "Head", "Batch", "Lookup"]
LAST = ["Stop", "Untag", "Remove", "Revoke", "Abort", "Deregister", "Disable", "Delete", "Cancel"]


POLICY = json.dumps({
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::conformance/*"}
    ],
})

# What an operation does not require and the local AWS only has with.
MORE = {
    "CreateApplication": {"computePlatform": "ECS"},
    "CreateDeploymentConfig": {"computePlatform": "ECS"},
}


def rank(operation):
    if operation == "DeleteBucket":
        return 300
    for index, verb in enumerate(ORDER):
        if operation.startswith(verb):
            return index
    for index, verb in enumerate(LAST):
        if operation.startswith(verb):
            return 200 + index
    return 100


def sample(shape, name, depth=0):
    """A value that the model allows, the same one for the same name."""
    kind = shape.type_name
    if kind == "structure":
        return {key: sample(shape.members[key], key, depth + 1) for key in shape.required_members}
    if kind == "list":
        return [sample(shape.member, name, depth + 1) for _ in range(max(1, shape.metadata.get("min", 1)))]
    if kind == "map":
        return {"key": sample(shape.value, name, depth + 1)}
    if kind == "boolean":
        return False
    if kind in ("integer", "long", "float", "double"):
        return max(1, int(shape.metadata.get("min", 1)))
    if kind == "timestamp":
        return "2026-01-02T03:04:05Z"
    if kind == "blob":
        return b"{}"
    if getattr(shape, "enum", None):
        return shape.enum[0]
    least = shape.metadata.get("min", 1)
    if name == "Policy":
        return POLICY
    text = "arn:aws:iam::111111111111:role/conformance" if name.lower().endswith("arn") else "conformance"
    return text.ljust(least, "x")[: shape.metadata.get("max", 2048)]


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
    if kind == "string" and isinstance(value, dict) and "policy" in shape.name.lower():
        return []  # botocore parses documents of IAM
    fits = isinstance(value, (int, float) if expected is float else expected)
    allowed = not getattr(shape, "enum", None) or value in shape.enum or value == ""
    wrong = [] if fits else [f"{place} is {value!r}: expected {kind}"]
    return wrong + ([] if allowed else [f"{place} is {value!r}: not one of the model's"])


def call(client, operation):
    model = client.meta.service_model.operation_model(operation)
    method = next((name for name, each in client.meta.method_to_api_mapping.items() if each == operation), None)
    if method is None:
        return f"wrong: boto3 {boto3.__version__} has no such operation"
    declared = {shape.metadata.get("error", {}).get("code", shape.name) for shape in model.error_shapes}
    declared |= {shape.name for shape in model.error_shapes}
    given = sample(model.input_shape, operation) if model.input_shape else {}
    given |= MORE.get(operation, {})
    try:
        response = getattr(client, method)(**given)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        known = not NEVER.match(code) and (code in declared or COMMON.match(code))
        return f"refuses: {code}" if known else f"wrong: {code}: {error.response['Error']['Message']}"
    except Exception as error:  # botocore cannot read the response
        return f"wrong: {type(error).__name__}: {error}"
    response.pop("ResponseMetadata", None)
    found = problems(response, model.output_shape, operation) if model.output_shape else []
    return "responds" if not found else "wrong: " + "; ".join(found)


def main():
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    results = {}
    for service, operations in json.load(sys.stdin).items():
        client = boto3.client(service, config=config)
        for operation in sorted(operations, key=rank):
            results[f"{service}:{operation}"] = call(client, operation)
    print(json.dumps({"client": f"boto3 {boto3.__version__}, botocore {botocore.__version__}", "results": results}))


main()
