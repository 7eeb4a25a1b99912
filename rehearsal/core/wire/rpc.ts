/** Which of the protocols without resources in their paths a request speaks, and the call in it. */
import { gunzipSync } from 'node:zlib';
import { AwsError, type Service } from '../service';
import type { RestRequest } from '../rest';
import { cborCodec, decodeCbor } from './cbor';
import type { Values } from '../models/input';
import { decodeJson, jsonCodec } from './json';
import { type DecodedCall, type ErrorNames, namedByCode, namedByShape, type ResponseCodec } from './message';
import { decodeEc2Query, decodeQuery, ec2Codec, queryCodec } from './query';
import type { Dialect } from './signature-problem';

type Wire = 'cbor' | 'json' | 'query' | 'ec2';

/** How a service's requests are read and its responses are written. */
export interface Rpc {
  readonly dialect: Dialect;
  /** JSON and CBOR have types of their own; a query has only text. */
  readonly values: Values;
  /** @throws AwsError with the code of that protocol */
  readonly decode: () => DecodedCall;
  /** Writes what goes wrong before the call is decoded. */
  readonly codec: ResponseCodec;
}

/** @param bytesMax what a body may have once it is unpacked */
export function rpcOf(prefix: string, service: Service | undefined, request: RestRequest, bytesMax: number): Rpc {
  const wire = wireOf(prefix, request);
  const names = errorNamesOf(service);
  const content = () =>
    header(request, 'content-encoding') === 'gzip' ? unzipped(request.body, bytesMax) : request.body;
  const rpc = { dialect: wire === 'cbor' ? 'json' : wire, values: wire === 'cbor' ? 'json' : 'text' } as const;
  if (wire === 'cbor') {
    const decode = () => {
      if (!speaksCbor(service)) throw unspoken(prefix, 'rpc-v2-cbor');
      return decodeCbor(request.path, content(), names);
    };
    return { ...rpc, decode, codec: cborCodec(names) };
  }
  if (wire === 'json') {
    const type = header(request, 'content-type');
    const decode = () => decodeJson(header(request, 'x-amz-target') ?? '', type, content(), names);
    return { ...rpc, values: 'json', decode, codec: jsonCodec(type, names) };
  }
  const form = () => {
    const body = content();
    return new URLSearchParams(body.length > 0 ? body.toString('utf8') : request.query);
  };
  const namespace = namespaceOf(prefix, service);
  if (wire === 'ec2')
    return { ...rpc, decode: () => decodeEc2Query(form(), namespace), codec: ec2Codec('', namespace) };
  return { ...rpc, decode: () => decodeQuery(form(), namespace), codec: queryCodec('', namespace) };
}

function wireOf(prefix: string, request: RestRequest): Wire {
  const protocol = header(request, 'smithy-protocol');
  if (protocol === 'rpc-v2-cbor') return 'cbor';
  if (protocol !== undefined) throw unspoken(prefix, protocol);
  if (header(request, 'x-amz-target') !== undefined) return 'json';
  return prefix === 'ec2' ? 'ec2' : 'query';
}

function unspoken(prefix: string, protocol: string): AwsError {
  return new AwsError('UnknownOperationException', `${prefix} does not speak the protocol ${protocol}`, 404);
}

function speaksCbor(service: Service | undefined): boolean {
  return service?.protocol.kind === 'json' && service.protocol.queryCompatible !== undefined;
}

function errorNamesOf(service: Service | undefined): ErrorNames {
  const compatible = service?.protocol.kind === 'json' ? service.protocol.queryCompatible : undefined;
  return compatible ? namedByShape(compatible.errorShapes) : namedByCode;
}

function namespaceOf(prefix: string, service: Service | undefined): string {
  const protocol = service?.protocol;
  if (protocol?.kind === 'query') return protocol.namespace;
  if (protocol?.kind === 'json' && protocol.queryCompatible) return protocol.queryCompatible.namespace;
  return `http://${prefix}.amazonaws.com/doc/`;
}

/** @throws AwsError SerializationException */
function unzipped(body: Buffer, maxOutputLength: number): Buffer {
  try {
    return gunzipSync(body, { maxOutputLength });
  } catch (error) {
    throw new AwsError('SerializationException', `the request body is not gzip: ${(error as Error).message}`);
  }
}

function header(request: RestRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Of a request that does not say which service it is for; S3's errors have no codec, its requests no form of their own. */
export interface ErrorForm {
  readonly dialect: Dialect;
  readonly codec?: ResponseCodec;
}

/** The protocol in which the client can read an error. */
export function formOf(request: RestRequest | undefined): ErrorForm {
  if (!request) return { dialect: 'json', codec: jsonCodec(undefined) };
  const type = header(request, 'content-type') ?? '';
  if (header(request, 'smithy-protocol') !== undefined) return { dialect: 'json', codec: cborCodec() };
  const isLambda = /^\/20\d\d-\d\d-\d\d\//.test(request.path);
  if (header(request, 'x-amz-target') !== undefined || type.includes('json') || isLambda) {
    return { dialect: 'json', codec: jsonCodec(type) };
  }
  const isQuery = type.startsWith('application/x-www-form-urlencoded') || request.query.has('Action');
  return isQuery ? { dialect: 'query', codec: queryCodec('', '') } : { dialect: 's3' };
}
