import { isIP } from 'node:net';
import type { ConnectOptions } from './connections';
import type { HttpRequest } from './types';

export function connectOptions({
  url,
  address,
  hostName = url.hostname,
  tlsVerification,
}: HttpRequest): ConnectOptions {
  const isSecure = url.protocol === 'https:';
  const host = address ?? bare(url.hostname);
  const port = Number(url.port) || (isSecure ? 443 : 80);
  if (!isSecure) return { host, port, isSecure };
  return {
    host,
    port,
    isSecure,
    // A server name is never an address (RFC 6066, 3).
    servername: isIP(bare(hostName)) ? '' : hostName,
    rejectUnauthorized: tlsVerification !== 'none',
    ...(tlsVerification === 'chain' || tlsVerification === 'none' ? { checkServerIdentity: () => undefined } : {}),
  };
}

export function requestHeaders({ url, hostName = url.hostname, body, headers }: HttpRequest): Record<string, string> {
  return {
    host: url.port ? `${hostName}:${url.port}` : hostName,
    'user-agent': 'cdk-greenlight',
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...headers,
  };
}

export function targetOf({ pathname, search }: URL): string {
  return `${pathname}${search}`;
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
