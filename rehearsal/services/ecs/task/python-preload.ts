/**
 * What `preload/task.ts` is for Node, for Python: each socket that a program binds moves to loopback, the container's
 * ports to the ports that the rehearsal chose. Python runs a module of this name at its start, wherever PYTHONPATH has it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SITECUSTOMIZE = `
import json, os, socket, sys

_ports = {int(k): v for k, v in json.loads(os.environ.get("GREENLIGHT_TASK_PORTS", "{}")).items()}
_inner = json.loads(os.environ.get("GREENLIGHT_TASK_INNER_PORTS", "[]"))


def _is_loopback(host):
    return host in ("localhost", "::1") or str(host).startswith("127.")


def _is_as_assigned(host, wanted):
    """A command that replaces a container gets HOST and PORT."""
    return host == os.environ.get("GREENLIGHT_TASK_HOST") and wanted in _ports.values()


def _port(host, wanted):
    if _is_as_assigned(host, wanted):
        return wanted
    return 0 if _is_loopback(host) and wanted not in _inner else _ports.get(wanted, 0)


def _note(host, wanted, local):
    """Read by the check that the container can be reached."""
    file = os.environ.get("GREENLIGHT_TASK_SOCKETS")
    if file and not _is_as_assigned(host, wanted):
        with open(file, "a") as out:
            out.write(json.dumps({"host": str(host or "0.0.0.0"), "port": wanted, "localPort": local}) + "\\n")


def _moved(sock, address):
    if sock.family == socket.AF_INET:
        return ("127.0.0.1", _port(address[0], address[1]))
    if sock.family == socket.AF_INET6:
        only6 = sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
        return ("::1" if only6 else "::ffff:127.0.0.1", _port(address[0], address[1])) + tuple(address[2:])
    return address


def _bind_moved(sock, address):
    moved = _moved(sock, address)
    _bind(sock, moved)
    if moved is not address and sock.type == socket.SOCK_STREAM:
        _note(address[0], address[1], sock.getsockname()[1])


def _reached(sock, address):
    if sock.family in (socket.AF_INET, socket.AF_INET6) and _is_loopback(address[0]) and address[1] in _ports:
        host = "127.0.0.1" if sock.family == socket.AF_INET else "::ffff:127.0.0.1"
        return (host, _ports[address[1]]) + tuple(address[2:])
    return address


_bind, _connect, _connect_ex = socket.socket.bind, socket.socket.connect, socket.socket.connect_ex
socket.socket.bind = _bind_moved
socket.socket.connect = lambda self, address: _connect(self, _reached(self, address))
socket.socket.connect_ex = lambda self, address: _connect_ex(self, _reached(self, address))


class _Uvloop:
    """uvloop binds without Python's sockets, so its create_server is moved as well."""

    def find_spec(self, name, path=None, target=None):
        if name != "uvloop":
            return None
        sys.meta_path.remove(self)
        import importlib.util
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            create = module.Loop.create_server

            async def create_server(loop, factory, host=None, port=None, **options):
                if port is None or options.get("sock") is not None:
                    return await create(loop, factory, host, port, **options)
                wanted = host[0] if isinstance(host, (list, tuple)) else host
                server = await create(loop, factory, "127.0.0.1", _port(wanted, port), **options)
                _note(wanted, port, server.sockets[0].getsockname()[1])
                return server

            module.Loop.create_server = create_server

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, _Uvloop())


def _next_sitecustomize():
    """The person's own module of this name runs as well."""
    import importlib.machinery
    here = os.path.dirname(os.path.abspath(__file__))
    others = [p for p in sys.path if os.path.abspath(p or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        import importlib.util
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


_next_sitecustomize()
`;

/** @returns the folder to put first into PYTHONPATH */
export function writePythonPreload(directory: string): string {
  const folder = join(directory, 'python-preload');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'sitecustomize.py'), SITECUSTOMIZE);
  return folder;
}
