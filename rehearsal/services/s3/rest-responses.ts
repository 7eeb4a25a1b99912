import { AwsError } from '../../core/service';
import type { RestResponse } from '../../core/rest';
import { styled, toXml } from '../../core/wire/xml';

export const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** What a request in path style is: its operation and input, and how its response is written. */
export interface S3Route {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly respond: (output: Output) => RestResponse;
}

export type Output = Readonly<Record<string, unknown>>;

export function notModelled(method: string, what: string): AwsError {
  return new AwsError('NotImplemented', `the rehearsal's S3 has no ${method} on a ${what} with these parameters`, 501);
}

export const etag = (output: Output) => ({ etag: String(output['ETag']) });

const HEADERS = {
  'accept-ranges': 'AcceptRanges',
  'cache-control': 'CacheControl',
  'content-disposition': 'ContentDisposition',
  'content-encoding': 'ContentEncoding',
  'content-language': 'ContentLanguage',
  'content-length': 'ContentLength',
  'content-range': 'ContentRange',
  'content-type': 'ContentType',
  etag: 'ETag',
  expires: 'Expires',
  'x-amz-server-side-encryption': 'ServerSideEncryption',
  'x-amz-tagging-count': 'TagCount',
} as const;

function describe(output: Output): Record<string, string> {
  const given = Object.entries(HEADERS).filter(([, member]) => output[member] !== undefined);
  const metadata = Object.entries((output['Metadata'] ?? {}) as Readonly<Record<string, string>>);
  return {
    ...Object.fromEntries(given.map(([name, member]) => [name, String(output[member])])),
    ...Object.fromEntries(metadata.map(([name, value]) => [`x-amz-meta-${name}`, value])),
    'last-modified': (output['LastModified'] as Date).toUTCString(),
  };
}

export const noContent = (): RestResponse => ({ status: 204 });

export const headers =
  (of: (output: Output) => Record<string, string>) =>
  (output: Output): RestResponse => ({
    status: 200,
    headers: of(output),
  });

/** An object without its content. */
export const described = (output: Output): RestResponse => ({
  status: output['ContentRange'] === undefined ? 200 : 206,
  headers: describe(output),
});

export const content = (output: Output): RestResponse => ({ ...described(output), body: output['Body'] as Buffer });

/** An XML document. */
export const document =
  (root: string, of: (output: Output) => Output) =>
  (output: Output): RestResponse =>
    xml(toXml(root, flattened(of(output)) as Output, NAMESPACE));

/** S3's lists are flattened: an element of the list's own name for each item. */
function flattened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flattened);
  if (value instanceof Date || typeof value !== 'object' || value === null) return styled(value, style);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, flattened(member)]));
}

const style = { listItem: 'member', name: (name: string) => name };
export const xml = (body: string): RestResponse => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body,
});
