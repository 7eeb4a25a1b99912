import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Network } from '../../core/network';
import { secrets } from '../../core/secret';
import { urlSuffixOf, type World } from '../../core/service';
import { problemOf, refuse } from '../../core/wire/guard';

type Receiver = (body: Buffer) => void;

/** Bytes; CloudFormation refuses a response above 4096, and a little more is read to be able to say so. */
const BODY_BYTES_MAX = 64 * 1024;
const HTTPS_PORT = 443;

/**
 * The bucket that custom resources put their responses into, by presigned URLs: `https://<bucket>.s3.<region>...`. Many
 * handlers, those of the CDK among them, keep only host and path of a ResponseURL, so it has no port here either.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-requests.html
 */
export class Responses {
  private readonly receivers = new Map<string, Receiver>();

  /** The URL that takes one response, for the client that has it. */
  expect(world: Pick<World, 'region' | 'clock'>, name: string, receive: Receiver): { url: string; end(): void } {
    const signature = secrets.path();
    this.receivers.set(signature, receive);
    const madeAt = new Date(world.clock.now()).toISOString().replace(/[-:]|\.\d+/g, '');
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=${madeAt}&X-Amz-Expires=7199&X-Amz-Signature=${signature}`;
    return {
      url: `https://${responseHost(world.region)}/${encodeURIComponent(name)}?${query}`,
      end: () => void this.receivers.delete(signature),
    };
  }

  /** @returns the HTTP status; like S3 with a wrong signature, 403 for a URL that nothing is expected at (any more) */
  receive(method: string, query: URLSearchParams, body: Buffer): number {
    if (method !== 'PUT') return 405;
    const receive = this.receivers.get(query.get('X-Amz-Signature') ?? '');
    receive?.(body);
    return receive ? 200 : 403;
  }
}

/** The host of a region's ResponseURLs. */
export function responseHost(region: string): string {
  return `cloudformation-custom-resource-response-${region.replaceAll('-', '')}.s3.${region}.${urlSuffixOf(region)}`;
}

export interface ResponseServer {
  /** Leads the host of a region's ResponseURLs to this server. */
  serve(region: string): void;
  close(): Promise<void>;
}

/** Serves the ResponseURLs over TLS on a free port of 127.0.0.1, certified by the rehearsal's authority. */
export async function startResponseServer(
  responses: Responses,
  network: Network,
  directory: string,
): Promise<ResponseServer> {
  const authority = network.authorityIn(directory);
  const hosts = new Set<string>();
  const server = createServer({
    ...authority.issue(['localhost']),
    SNICallback: (name, done) => {
      if (hosts.has(name)) done(null, createSecureContext(authority.issue([name])));
      else done(new Error(`no ResponseURL has the host ${name}`));
    },
  });
  server.on('request', (request, response) => take(responses, hosts, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port: localPort } = server.address() as AddressInfo;
  return {
    serve: (region) => {
      const name = responseHost(region);
      if (hosts.has(name)) return;
      hosts.add(name);
      const names = [name];
      const openly = { privateAddresses: [], internetFacing: true, securityGroupIds: [] };
      network.register({ ...openly, names, port: HTTPS_PORT, localPort });
    },
    close: async () => {
      if (!server.listening) return;
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function take(
  responses: Responses,
  hosts: ReadonlySet<string>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const problem = problemOf(request, [...hosts]);
  if (problem !== undefined) return refuse(response, problem);
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= BODY_BYTES_MAX) chunks.push(chunk);
  });
  request.on('error', () => response.destroy());
  request.on('end', () => {
    const query = new URLSearchParams(request.url?.split('?')[1]);
    response.writeHead(responses.receive(request.method ?? '', query, Buffer.concat(chunks))).end();
  });
}
