/**
 * The runtime for Python functions: asks the runtime API for invocations and calls the handler, as Lambda's own does.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 * https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
 */
export const BOOTSTRAP = `
import datetime, http.client, importlib, io, json, logging, os, signal, sys, threading, time, traceback

_api, _path = os.environ["AWS_LAMBDA_RUNTIME_API"].split("/", 1)
_record = os.fdopen(3, "w", buffering=1)


def _end_with_parent():
    """Descriptor 0 ends when the local AWS does, however it dies."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


class _Lines(io.TextIOBase):
    """What the function prints, line by line, each a record of the log."""

    def __init__(self):
        self.rest = ""

    def writable(self):
        return True

    def write(self, text):
        *lines, self.rest = (self.rest + text).split("\\n")
        for line in lines:
            _write({"log": line})
        return len(text)

    def finish(self):
        if self.rest:
            self.write("\\n")


def _write(record):
    _record.write(json.dumps(record) + "\\n")
    _record.flush()


class _Records(logging.Handler):
    request_id = ""

    def emit(self, record):
        at = datetime.datetime.fromtimestamp(record.created, datetime.timezone.utc)
        when = at.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (at.microsecond // 1000)
        _write({"log": "[%s]\\t%s\\t%s\\t%s" % (record.levelname, when, self.request_id, self.format(record))})


class _Context:
    def __init__(self, headers):
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.invoked_function_arn = headers["lambda-runtime-invoked-function-arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        self.client_context = None
        self._end = time.monotonic() + int(headers["greenlight-remaining-ms"]) / 1000

    def get_remaining_time_in_millis(self):
        return max(0, int((self._end - time.monotonic()) * 1000))


def _request(method, route, body=b""):
    connection = http.client.HTTPConnection(_api)
    connection.request(method, "/" + _path + "/2018-06-01/runtime/" + route, body)
    response = connection.getresponse()
    event = response.headers, response.read()
    connection.close()
    return event


def _message(error):
    """AWS's runtimes have the SDK; where this machine lacks it, AWS's own words would send the reader the wrong way."""
    missing = (getattr(error, "name", None) or "").split(".")[0]
    if not isinstance(error, ModuleNotFoundError) or missing not in ("boto3", "botocore"):
        return str(error)
    return (
        "%s. AWS's Python runtimes have boto3, and %s of this machine has none. Remedy: %s -m pip install boto3"
        % (error, sys.executable, sys.executable)
    )


def _error(error, kind=None):
    trace = traceback.format_exception(type(error), error, error.__traceback__)
    return {"errorType": kind or type(error).__name__, "errorMessage": _message(error), "stackTrace": trace}


def _log_error(error):
    _write({"log": "[ERROR] %s: %s\\n%s" % (error["errorType"], error["errorMessage"], "".join(error["stackTrace"]))})


class _BadHandler(Exception):
    pass


def _load(name):
    file, _, function = name.rpartition(".")
    if not file:
        raise _BadHandler("Runtime.MalformedHandlerName", "Bad handler '%s'" % name)
    try:
        module = importlib.import_module(file.replace("/", "."))
    except ImportError as error:
        raise _BadHandler("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (file, _message(error))) from error
    except SyntaxError as error:
        raise _BadHandler("Runtime.UserCodeSyntaxError", "Syntax error in module '%s': %s" % (file, error)) from error
    if not hasattr(module, function):
        raise _BadHandler("Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" % (function, file))
    return getattr(module, function)


def _serve(handler):
    while True:
        headers, body = _request("GET", "invocation/next")
        context = _Context(headers)
        _Records.request_id = context.aws_request_id
        try:
            payload = json.dumps(handler(json.loads(body), context))
            kind = "response"
        except Exception as error:
            failed = _error(error)
            _log_error(failed)
            payload, kind = json.dumps(failed), "error"
        sys.stdout.finish()
        sys.stderr.finish()
        _write({"logged": context.aws_request_id})
        _request("POST", "invocation/%s/%s" % (context.aws_request_id, kind), payload.encode())


def _main():
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.stdout, sys.stderr = _Lines(), _Lines()
    # Lambda's own handler of the root logger, on which functions set a level.
    logging.getLogger().addHandler(_Records())
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    try:
        handler = _load(os.environ["_HANDLER"])
    except Exception as error:
        failed = _error(error)
        if isinstance(error, _BadHandler):
            failed.update(errorType=error.args[0], errorMessage=error.args[1])
        _log_error(failed)
        _request("POST", "init/error", json.dumps(failed).encode())
        os._exit(1)
    _serve(handler)


_main()
`;
