import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One worker of nginx before a target, as a load balancer: kept connections on both sides, and no access log. */
export interface Nginx {
  readonly port: number;
  /** Microseconds of processor time of the worker up to here; undefined where the machine does not say. */
  cpuUs(): number | undefined;
  stop(): void;
}

/** @returns undefined where there is no nginx on this machine */
export async function startNginx(targetPort: number): Promise<Nginx | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'greenlight-bench-nginx-'));
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration(folder, port, targetPort));
  const child = spawn('nginx', ['-p', folder, '-c', file, '-e', join(folder, 'error.log')], { stdio: 'ignore' });
  const isThere = await Promise.race([once(child, 'spawn').then(() => true), once(child, 'error').then(() => false)]);
  const stop = () => {
    child.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
  if (!isThere || !(await opens(port, child))) {
    stop();
    return undefined;
  }
  return { port, cpuUs: () => processorTimeUs(child.pid), stop };
}

function configuration(folder: string, port: number, targetPort: number): string {
  return `
daemon off; master_process off; pid ${folder}/nginx.pid; worker_processes 1;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  keepalive_requests 100000000;
  upstream target { server 127.0.0.1:${targetPort}; keepalive 128; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://target; proxy_http_version 1.1;
      proxy_set_header Connection ""; proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Port $server_port; proxy_set_header X-Amzn-Trace-Id Root=$request_id;
    }
  }
}`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether it takes connections before it ends. */
async function opens(port: number, child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null) {
    const socket = createConnection({ host: '127.0.0.1', port });
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (open) return true;
  }
  return false;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function processorTimeUs(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const ticksASecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
    return ((Number(fields[11]) + Number(fields[12])) / ticksASecond) * 1_000_000;
  } catch {
    return undefined;
  }
}
