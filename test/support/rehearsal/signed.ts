import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from '../../../rehearsal/core/service';

/** Requests signed by the SDK's own signer, which shares no code with what verifies them. */

export interface SignedOptions {
  readonly service?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** When it is signed. Default: now. */
  readonly at?: Date;
  /** Of a presigned URL. Default 300. */
  readonly expiresSeconds?: number;
}

type Keys = Pick<Credentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>;

class Sha256 {
  private readonly state;
  constructor(secret?: unknown) {
    this.state = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Uint8Array);
  }
  update(data: unknown): void {
    this.state.update(data as Uint8Array);
  }
  async digest(): Promise<Uint8Array> {
    return this.state.digest();
  }
}

function signer(keys: Keys, service: string): SignatureV4 {
  const { accessKeyId, secretAccessKey, sessionToken } = keys;
  return new SignatureV4({
    service,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== '' && { sessionToken }) },
    sha256: Sha256,
    uriEscapePath: service !== 's3',
  });
}

function requestOf(address: string, { method = 'GET', headers = {}, body }: SignedOptions) {
  const url = new URL(address);
  return {
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { ...headers, host: url.host },
    body,
  };
}

/** The headers of a signed request to that address, `host` among them. */
export async function signedHeaders(address: string, keys: Keys, options: SignedOptions = {}) {
  const request = requestOf(address, options);
  const signed = await signer(keys, options.service ?? 's3').sign(request, { signingDate: options.at ?? new Date() });
  return signed.headers;
}

export async function signedFetch(address: string, keys: Keys, options: SignedOptions = {}): Promise<Response> {
  const { method = 'GET', body } = options;
  const headers = await signedHeaders(address, keys, options);
  return fetch(address, { method, headers, ...(body !== undefined && { body }) });
}

export async function presignedUrl(address: string, keys: Keys, options: SignedOptions = {}): Promise<string> {
  const { service = 's3', at = new Date(), expiresSeconds = 300 } = options;
  const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  const request = { ...requestOf(address, options), headers: { ...requestOf(address, options).headers, ...headers } };
  const { query = {} } = await signer(keys, service).presign(request, {
    signingDate: at,
    expiresIn: expiresSeconds,
    unhoistableHeaders: new Set(['x-amz-content-sha256']),
    unsignableHeaders: new Set(['x-amz-content-sha256']),
  });
  const url = new URL(address);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return url.href;
}
