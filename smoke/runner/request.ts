import type { HttpRequest } from '../../common/http';
import { isNumeric } from '../../common/json/exact-number';
import { parseJson, stringifyJson } from '../../common/json/parse';
import { wellFormed } from '../../common/text';
import type { HeaderExpectation, SmokeAuth, SmokeBody, SmokeCheck, SmokeExpectation } from '../suite/model';
import {
  asText,
  render,
  renderAll,
  renderJsonPath,
  renderPattern,
  soleReference,
  type Values,
} from '../suite/templates';
import type { CheckTarget } from './target';

/** A check's request with all values filled in. The target says where it is sent. */
export type RenderedRequest = Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>;

/** @throws Error if the values do not make a valid request */
export function renderRequest(check: SmokeCheck, values: Values, target: CheckTarget, auth: Headers): RenderedRequest {
  const body = renderBody(check.body, values);
  const headers = Object.entries(check.headers ?? {}).map(([name, value]) => [name, render(value, values)] as const);
  const typed = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    method: methodOf(check),
    url: renderUrl(check, values, target),
    headers: {
      ...(body?.type !== undefined && !typed && { 'content-type': body.type }),
      ...Object.fromEntries(headers),
      ...auth,
    },
    body: body?.text,
  };
}

export type Headers = Readonly<Record<string, string>>;

export function methodOf(check: SmokeCheck): string {
  return check.method ?? 'GET';
}

/** The URL for reports, as far as its values are known. */
export function urlText(check: SmokeCheck, values: Values, target: CheckTarget): string {
  try {
    return renderUrl(check, values, target).href;
  } catch {
    return `${target.base.origin}${check.path}`;
  }
}

function renderUrl(check: SmokeCheck, values: Values, target: CheckTarget): URL {
  const path = renderPath(check.path, values, target);
  // Appended, not resolved: a path that begins with two slashes must not name another host.
  return withQuery(new URL(`${target.base.origin}${path}`), renderAll(check.query ?? {}, values));
}

/** The URL with the check's query after its own. */
export function withQuery(url: URL, query: Readonly<Record<string, unknown>>): URL {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as readonly unknown[]) : [value]).map((each) => [name, asText(each)] as const),
  );
  const text = pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  if (text !== '') url.search = url.search === '' ? text : `${url.search}&${text}`;
  return url;
}

/** A captured URL of the target is used by its path. Nothing else may name a host. */
function renderPath(path: string, values: Values, { base, hostName }: CheckTarget): string {
  const sole = soleReference(path);
  if (sole === undefined) return render(path, values, encode);
  const value = asText(values[sole]);
  const url = /^https?:\/\//i.test(value) && URL.canParse(value) ? new URL(value) : undefined;
  const own = url && [base.hostname, hostName].includes(url.hostname) ? url.pathname + url.search : value;
  // A header may contain such characters, and a fragment is never sent.
  const rendered = own.replace(/#.*$/s, '').replace(/[^\x21-\x7e]+/g, encode);
  if (/^\/[\x21-\x7e]*$/.test(rendered)) return rendered;
  throw new Error(
    `the path is ${JSON.stringify(rendered)}, from \${${sole}}: it must begin with / and be on the target`,
  );
}

function encode(value: string): string {
  return encodeURIComponent(wellFormed(value));
}

function renderBody(body: string | SmokeBody | undefined, values: Values): { text: string; type?: string } | undefined {
  if (body === undefined) return undefined;
  if (typeof body === 'string') return { text: render(body, values) };
  if (body.text !== undefined) return { text: render(body.text, values) };
  return { text: stringifyJson(renderAll(body.json, values)), type: 'application/json' };
}

/** The expectations with the values filled in. In a pattern a value matches itself. */
export function renderExpectation(expect: SmokeExpectation, values: Values): SmokeExpectation {
  const { jsonSchema, json, headers, bodyPattern, redirect, ...others } = expect;
  return {
    ...renderAll(others, values),
    ...(jsonSchema && { jsonSchema }),
    ...(json && {
      json: json.map(({ path, pattern, ...each }) => ({
        path: renderJsonPath(path, values),
        ...renderAll(each, values),
        ...re(pattern, values),
      })),
    }),
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, wanted]): [string, HeaderExpectation] => {
          if (typeof wanted === 'string') return [name, render(wanted, values)];
          const { pattern, ...each } = wanted;
          return [name, { ...renderAll(each, values), ...re(pattern, values) }];
        }),
      ),
    }),
    ...(bodyPattern !== undefined && { bodyPattern: renderPattern(bodyPattern, values) }),
    ...(redirect !== undefined && {
      redirect:
        typeof redirect === 'string' ? render(redirect, values) : { pattern: renderPattern(redirect.pattern, values) },
    }),
  };
}

function re(pattern: string | undefined, values: Values): { pattern?: string } {
  return pattern === undefined ? {} : { pattern: renderPattern(pattern, values) };
}

/**
 * The header that carries a secret, and every text in it that must be hidden.
 * @param secret the content of the secret: text, or a JSON object with the key `field`
 * @throws Error if the secret does not have what the check requires
 */
export function authHeader(auth: SmokeAuth, secret: string): { headers: Headers; hidden: readonly string[] } {
  const value = auth.type === 'basic' && auth.field === undefined ? basicOf(secret) : fieldOf(auth, secret);
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
    throw new Error('the secret has characters that are not allowed in a header');
  const password = value.slice(value.indexOf(':') + 1);
  if (auth.type === 'header') return { headers: { [auth.name ?? 'authorization']: value }, hidden: [value] };
  if (auth.type === 'bearer') return { headers: { authorization: `Bearer ${value}` }, hidden: [value] };
  const encoded = Buffer.from(value).toString('base64');
  return { headers: { authorization: `Basic ${encoded}` }, hidden: [value, encoded, password] };
}

function fieldOf({ field }: SmokeAuth, secret: string): string {
  if (field === undefined) return secret.trim();
  const value = parsed(secret)?.[field];
  if (typeof value !== 'string' && !isNumeric(value)) {
    throw new Error(`the secret has no field ${JSON.stringify(field)}`);
  }
  return String(value);
}

/** `user:password`, or the JSON that Secrets Manager writes for databases and services. */
function basicOf(secret: string): string {
  const object = parsed(secret);
  if (!object) return secret.trim();
  const { username, password } = object;
  if (typeof username !== 'string' || typeof password !== 'string') {
    throw new Error('the secret has no username and password');
  }
  return `${username}:${password}`;
}

function parsed(secret: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = parseJson(secret);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
