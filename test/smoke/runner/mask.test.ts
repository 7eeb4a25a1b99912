import fc from 'fast-check';
import { createMask, MASK } from '../../../smoke/runner/mask';
import { runSuite } from '../../../smoke/runner/run';
import type { SmokeCheck } from '../../../smoke/suite/model';
import { exchange } from '../../../common/http';
import { wellFormed } from '../../../common/text';
import { httpServer, type Listening } from '../../support/servers/servers';

const KEY = 'sk_live_51Hq"Zc/9+Tü%aB=xYp&7Lm N0pQrStUv';

const percentAll = (text: string) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('');
const unicode = (text: string) =>
  text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
const json = (text: string) => JSON.stringify(text).slice(1, -1);
const base64 = (text: string, before = '') => Buffer.from(before + text).toString('base64');

const NOTATIONS: readonly (readonly [string, (text: string) => string])[] = [
  ['as it is', (text) => text],
  ['in upper case', (text) => text.toUpperCase()],
  ['in lower case', (text) => text.toLowerCase()],
  ['URL-encoded', (text) => encodeURIComponent(text)],
  ['URL-encoded in lower case', (text) => encodeURIComponent(text).toLowerCase()],
  ['URL-encoded twice', (text) => encodeURIComponent(encodeURIComponent(text))],
  ['URL-encoded byte by byte', percentAll],
  ['in a form', (text) => new URLSearchParams({ k: text }).toString().slice(2)],
  ['JSON-escaped', json],
  ['JSON-escaped twice', (text) => json(json(text))],
  ['JSON-escaped with slashes', (text) => json(text).replaceAll('/', '\\/')],
  ['in Unicode escapes', unicode],
  ['URL-encoded in JSON', (text) => json(encodeURIComponent(text))],
  ['in HTML', (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('ü', '&#xfc;')],
  ['in base 64', (text) => base64(text)],
  ['in base 64 after one byte', (text) => base64(text, 'x')],
  ['in base 64 after two bytes', (text) => base64(text, 'xy')],
  ['in base 64 as a user name and password', (text) => base64(text, 'admin:')],
  ['in base 64 for URLs', (text) => Buffer.from(`ab${text}`).toString('base64url')],
  ['in base 64, URL-encoded', (text) => encodeURIComponent(base64(text))],
  ['in base 64, in upper case', (text) => base64(text).toUpperCase()],
  ['in base 64 with line breaks', (text) => base64(text).replace(/.{20}/g, '$&\r\n')],
  ['in base 64 with line breaks, JSON-escaped', (text) => json(base64(text).replace(/.{20}/g, '$&\n'))],
  ['in hexadecimal', (text) => Buffer.from(text).toString('hex')],
  [
    'in hexadecimal with colons',
    (text) =>
      Buffer.from(text)
        .toString('hex')
        .replace(/..(?=.)/g, '$&:')
        .toUpperCase(),
  ],
];

/** Characters of the notation's own text that may be left: those that carry bits of what surrounds the secret too. */
const LEFT_MAX = 6;

test.each(NOTATIONS)('a secret that is echoed %s is masked', (_name, write) => {
  const mask = createMask();
  mask.hide(KEY);
  const written = write(KEY);
  const result = mask.over(`before ${written} after`);
  expect(result).toContain(MASK);
  const left = result.replace(/before |\*\*\*| after/g, '');
  expect(left.length).toBeLessThanOrEqual(LEFT_MAX + (written.startsWith('YWRtaW46') ? 8 : 0));
});

test.each(NOTATIONS)('no part of a secret that is echoed %s is left where a report cuts the text', (_name, write) => {
  const mask = createMask();
  mask.hide(KEY);
  const written = write(KEY);
  for (const lengthMax of [40, 80, 200]) {
    for (let before = 0; before <= lengthMax + 4; before += 3) {
      const shown = mask.excerpt(`${'.'.repeat(before)}${written}${'.'.repeat(5_000)}`, lengthMax);
      expect(shown.length).toBeLessThanOrEqual(lengthMax);
      const left = shown.replaceAll(MASK, '').replace(/[.…]/g, '');
      expect(left.length).toBeLessThanOrEqual(LEFT_MAX + (written.startsWith('YWRtaW46') ? 8 : 0));
    }
  }
});

test('a server that echoes only the beginning of a secret shows none of it', () => {
  const mask = createMask();
  mask.hide('0123456789abcdefghijklmnopqrstuvwxyzABCD');
  expect(mask.over('invalid key 0123456789abcdefghijklmnopqr… (cut)')).toBe(`invalid key ${MASK}… (cut)`);
});

test('a secret longer than what is shown leaves nothing of itself', () => {
  const secret = Array.from({ length: 4_000 }, (_, index) => String.fromCharCode(97 + ((index * 7) % 26))).join('');
  const mask = createMask();
  mask.hide(secret);
  expect(mask.excerpt(`key=${secret}!`)).toBe(`key=${MASK}…`);
});

test('text that is no secret stays as it is', () => {
  const mask = createMask();
  mask.hide('tr0ub4dor&3');
  for (const text of ['100 % of %zz \\u12 &amp &#; = \\', 'troubadour & 3', 'a%2', '\\', '%', '&#99999999;'])
    expect(mask.over(text)).toBe(text);
});

test('whatever the secret is, none of the common notations shows it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 12, maxLength: 40 }), fc.nat(2), (secret, before) => {
      fc.pre(secret.trim() === secret);
      const mask = createMask();
      mask.hide(secret);
      for (const written of [secret, encodeURIComponent(wellFormed(secret)), json(secret), unicode(secret)])
        // Half of an escape may be left; it says nothing of the secret.
        expect(mask.over(`<${written}>`).replace(/\*\*\*|\\/g, '')).toBe('<>');
      expect(mask.over(base64(secret, 'x'.repeat(before)))).toContain(MASK);
    }),
    { numRuns: 200, seed: 64 },
  );
});

describe('in a verdict', () => {
  const key = KEY.replace('ü', 'u');
  let server: Listening;
  const filler = '-'.repeat(160);
  const echoes: Readonly<Record<string, string>> = {
    '/plain': `${filler}${key}`,
    '/json': JSON.stringify({ error: `${filler}${key}` }),
    '/base64': `${filler}${Buffer.from(`u:${key}`).toString('base64')}`,
    '/upper': `${filler}${key.toUpperCase()}`,
  };
  beforeAll(async () => {
    server = await httpServer((request, response) => {
      const path = request.url?.split('?')[0] ?? '';
      const location = `http://elsewhere.example/${'x'.repeat(150)}?key=${encodeURIComponent(key)}`;
      if (path === '/away') return void response.writeHead(302, { location }).end();
      response.writeHead(401, { 'x-echo': encodeURIComponent(`${filler}${key}`), location });
      response.end(echoes[path] ?? '');
    });
  });
  afterAll(() => server.close());

  test('38 of 40 characters of an echoed key are not left by a cut to 200 characters', async () => {
    const auth = { type: 'header', name: 'x-key', secret: 'arn:aws:ssm:eu-central-1:1:parameter/x' } as const;
    const checks = [...Object.keys(echoes), '/away'].map((path): SmokeCheck => ({
      name: path,
      path,
      retries: 0,
      auth: { ...auth },
      followRedirects: 3,
      expect: {
        status: 200,
        bodyContains: 'never',
        headers: { 'x-echo': 'never' },
        redirect: '/never',
        json: [{ path: '$.error', equalTo: 'never' }],
        jsonSchema: { properties: { error: { const: 'never' } } },
      },
    }));
    const run = await runSuite(
      { checks },
      {
        base: new URL(`http://127.0.0.1:${server.port}`),
        addresses: [],
        tlsVerification: 'full',
        exchange,
        readSecret: () => Promise.resolve(key),
        signal: new AbortController().signal,
        limitMs: 20_000,
      },
    );
    expect(run.checks).toHaveLength(checks.length);
    expect(run.checks.flatMap(({ failures }) => failures).length).toBeGreaterThan(10);
    expect(JSON.stringify(run.checks)).not.toMatch(/sk.{0,3}live|51Hq|c2tfbGl2|X2xpdm|saXZl/i);
  });
});

test('every text of a document is masked, at any depth, and what is no text stays', () => {
  const mask = createMask();
  const document = { a: ['x secret-1 y', { b: 'secret-1', n: 5, gone: null, yes: true }], none: undefined };
  expect(mask.over(document)).toBe(document);
  mask.hide('secret-1');
  expect(mask.over(document)).toEqual({
    a: [`x ${MASK} y`, { b: MASK, n: 5, gone: null, yes: true }],
    none: undefined,
  });
});
