/**
 * What `preload/process/network.ts` is for Node, for Python and the programs in Python that a function starts: every
 * connection leads to the rehearsed network. `/opt`, where AWS lays out layers, is a folder of the rehearsal. Python runs a
 * module of this name at its start, wherever PYTHONPATH has it.
 */
export const ENCLOSURE = `
import errno, json, os, socket, subprocess, sys, urllib.parse

_route = os.environ["GREENLIGHT_NETWORK_URL"]
_opt = os.environ.get("GREENLIGHT_OPT")
_getaddrinfo, _connect, _connect_ex = socket.getaddrinfo, socket.socket.connect, socket.socket.connect_ex


def _is_loopback(host):
    return host in (None, "", "localhost", "::1") or str(host).startswith("127.")


def _ask(host, port):
    import http.client
    url = urllib.parse.urlsplit(_route)
    query = urllib.parse.urlencode({"host": host, "port": port, "source": os.environ.get("GREENLIGHT_FUNCTION", "")})
    connection = http.client.HTTPConnection(url.hostname, url.port)
    connection.request("GET", url.path + "?" + query)
    route = json.loads(connection.getresponse().read())
    connection.close()
    return route


def _reached(host, port):
    """Where a connection ends, else the error that it ends in."""
    if isinstance(host, (bytes, bytearray)):
        host = host.decode()
    route = _ask(host, port)
    if "localPort" in route:
        return "127.0.0.1", route["localPort"]
    if route["error"] == "ENOTFOUND":
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    code = getattr(errno, route["error"], errno.ECONNREFUSED)
    raise OSError(code, os.strerror(code))


def _is_number(host):
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
            return True
        except (OSError, TypeError):
            pass
    return False


def _lookup(host, port, *args, **options):
    if _is_loopback(host) or _is_number(host):
        return _getaddrinfo(host, port, *args, **options)
    named = {"http": 80, "https": 443}.get(port, port)
    return _getaddrinfo(*_reached(host, named or 0), *args, **options)


def _moved(sock, address):
    if sock.family not in (socket.AF_INET, socket.AF_INET6) or _is_loopback(address[0]):
        return address
    if str(address[0]).startswith("::ffff:127."):
        return address
    return _reached(*address[:2])


def _name(*_args, **_options):
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


socket.getaddrinfo = _lookup
socket.gethostbyname = socket.gethostbyname_ex = socket.gethostbyaddr = _name
socket.socket.connect = lambda self, address: _connect(self, _moved(self, address))
socket.socket.connect_ex = lambda self, address: _connect_ex(self, _moved(self, address))

_start = subprocess.Popen.__init__


def _in_opt(word):
    return os.path.join(_opt, word[5:]) if _opt and isinstance(word, str) and word.startswith("/opt/") else word


def _interpreter(program):
    """A script for Lambda's own Python runs on this one."""
    try:
        with open(program, "rb") as script:
            first = script.readline()
    except OSError:
        return []
    return [sys.executable] if first.startswith(b"#!") and b"python" in first else []


def _started(self, args, *rest, **options):
    if isinstance(args, (list, tuple)) and args:
        moved = [_in_opt(word) for word in args]
        args = (_interpreter(moved[0]) if moved[0] != args[0] else []) + moved
    _start(self, args, *rest, **options)


subprocess.Popen.__init__ = _started
`;

/** AWS gives functions with code in the template this module. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html */
export const CFN_RESPONSE = `
import json
import urllib.request

SUCCESS = "SUCCESS"
FAILED = "FAILED"


def send(event, context, responseStatus, responseData, physicalResourceId=None, noEcho=False, reason=None):
    body = json.dumps({
        "Status": responseStatus,
        "Reason": reason or "See the details in CloudWatch Log Stream: {}".format(context.log_stream_name),
        "PhysicalResourceId": physicalResourceId or context.log_stream_name,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "NoEcho": noEcho,
        "Data": responseData,
    }).encode()
    request = urllib.request.Request(event["ResponseURL"], data=body, method="PUT", headers={"content-type": ""})
    with urllib.request.urlopen(request) as response:
        print("Status code:", response.status)
`;
