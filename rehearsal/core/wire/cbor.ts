import { cbor, tag, tagSymbol } from '@smithy/core/cbor';
import { AwsError } from '../service';
import { type DecodedCall, type ErrorNames, namedByCode, type ResponseCodec } from './message';

const PROTOCOL = 'rpc-v2-cbor';

/**
 * rpcv2Cbor: the operation is in the path, bodies are CBOR, times have tag 1. Newer SDKs use it for every service whose model
 * has it. https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 * @throws AwsError UnknownOperationException for a path that names no operation, SerializationException
 */
export function decodeCbor(path: string, body: Buffer, names?: ErrorNames): DecodedCall {
  const [, operation] = /\/service\/[^/]+\/operation\/([^/]+)$/.exec(path) ?? [];
  if (operation === undefined) {
    const message = `the path ${path} names no operation: ${PROTOCOL} has /service/<service>/operation/<operation>`;
    throw new AwsError('UnknownOperationException', message, 404);
  }
  return { operation, input: parse(body), codec: cborCodec(names) };
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return asJsonHas(cbor.deserialize(body));
  } catch (error) {
    throw new AwsError('SerializationException', `the request body is not CBOR: ${(error as Error).message}`);
  }
}

interface Tagged {
  readonly tag: number;
  readonly value: unknown;
}

const isTagged = (value: object): value is Tagged => tagSymbol in value;

/** Operations read the same values from every protocol: a time is its seconds, and a number has no other form. */
function asJsonHas(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(asJsonHas);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (isTagged(value)) return asJsonHas(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asJsonHas(inner)]));
}

/** @param names how errors are named; by default by their codes */
export function cborCodec(names: ErrorNames = namedByCode): ResponseCodec {
  const headers = (requestId: string) => ({
    'content-type': 'application/cbor',
    'smithy-protocol': PROTOCOL,
    'x-amzn-requestid': requestId,
  });
  return {
    success: (output, requestId) => ({ status: 200, headers: headers(requestId), body: written(output ?? {}) }),
    failure: (error, requestId) => {
      const { type, headers: own } = names(error);
      return {
        status: error.statusCode,
        headers: { ...headers(requestId), ...own },
        body: written({ __type: type, message: error.message }),
      };
    },
  };
}

const TIME_TAG = 1;

const written = (value: unknown): Buffer => Buffer.from(cbor.serialize(withTags(value)));

function withTags(value: unknown): unknown {
  if (value instanceof Date) return tag({ tag: TIME_TAG, value: value.getTime() / 1000 });
  if (Array.isArray(value)) return value.map(withTags);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null);
  return Object.fromEntries(members.map(([key, inner]) => [key, withTags(inner)]));
}
