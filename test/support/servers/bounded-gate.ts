/** Runs one job on the worst content in a process with the memory of a gate's function: see bounded.slow.test.ts. */
import { createServer, type ServerResponse } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { httpAttempts } from '../../../smoke/comparison/attempt';
import { compareSides } from '../../../smoke/comparison/comparator';
import { planOf } from '../../../smoke/comparison/options';
import { runSuite } from '../../../smoke/runner/run';
import type { SmokeCheck } from '../../../smoke/suite/model';
import { exchange } from '../../../common/http';

const MIB = 1_000_000;
const repeated = (part: string) => part.repeat(Math.floor(MIB / part.length));
const listOf = (part: string) => `[${repeated(`${part},`)}${part}]`;
let counter = 0;

/** Content of about 1 MiB, the most that is read, each bad in its own way. */
const CONTENTS: Readonly<Record<string, () => string>> = {
  html: () => `<html>${(counter += 1)}${repeated('<p>Something went wrong</p>')}`,
  numbers: () => `[${Array.from({ length: 260_000 }, (_, index) => index % 10).join(',')}]`,
  lists: () => listOf('[]'),
  ids: () => `[${Array.from({ length: 45_000 }, (_, index) => `1234567890123${456_789 + index}`).join(',')}]`,
  objects: () => listOf(`{"id":${(counter += 1)},"name":"tea"}`),
  keys: () => `{${Array.from({ length: 60_000 }, () => `"k${(counter += 1)}":1`).join(',')}}`,
  longKeys: () => `{${Array.from({ length: 5 }, () => `"${(counter += 1)}${'k'.repeat(MIB / 5)}":"x"`).join(',')}}`,
  nested: () => '['.repeat(MIB / 2) + ']'.repeat(MIB / 2),
  deep: () => `[${Array.from({ length: 1_000 }, () => `${'['.repeat(490)}1${']'.repeat(490)}`).join(',')}]`,
  escapes: () => JSON.stringify('\u0001'.repeat(MIB / 6)),
  backslashes: () => `["${'\\\\'.repeat(MIB / 2)}",1234567890123456789]`,
};

function respond(url: string, response: ServerResponse): void {
  const name = url.slice(1).split('?')[0] ?? '';
  response.end((CONTENTS[name] ?? (() => ''))());
}

const expectEach: readonly SmokeCheck['expect'][] = [
  { bodyContains: 'never', bodyPattern: '^(a|b)*never$' },
  {
    json: [
      { path: '$..*..*', exists: false },
      { path: '$[*,*,*,*,*,*,*,*,*]', count: 1 },
    ],
  },
  {
    json: [
      { path: '$[*]', oneOf: Array.from({ length: 500 }, (_, index) => `x${index}`) },
      { path: '$', equalTo: [] },
    ],
  },
  {
    json: [
      { path: '$[?@.id == 1234567890123456789]', count: 1 },
      { path: '$[0]', contains: { a: 1 } },
    ],
  },
  { jsonSchema: { type: 'array', items: { type: 'string', minLength: 3, enum: ['a'] }, uniqueItems: true } },
  { jsonSchema: { type: 'object', additionalProperties: { type: 'string' }, maxProperties: 1 } },
];

async function smoke(base: URL): Promise<string> {
  const names = Object.keys(CONTENTS);
  const checks = names.flatMap((name) =>
    expectEach.map((expect, index): SmokeCheck => ({
      name: `${name} ${index}`,
      path: `/${name}`,
      backoffMs: 1,
      retries: 1,
      timeoutMs: 30_000,
      expect,
      capture: { [`${name}-${index}`]: { pattern: '[^]*' }, [`${name}-${index}-json`]: { json: '$[0]' } },
    })),
  );
  // What is captured is kept until the end: it must not keep the pages that it is from.
  const capturing = Array.from({ length: 260 }, (_, index): SmokeCheck => ({
    name: `captured ${index}`,
    path: '/html',
    retries: 0,
    timeoutMs: 30_000,
    capture: { [`page-${index}`]: { pattern: '<html>\\d+<p>.{20}' } },
  }));
  const run = await runSuite(
    { checks: [...checks, ...capturing] },
    {
      base,
      addresses: [],
      tlsVerification: 'full',
      exchange,
      signal: new AbortController().signal,
      limitMs: 600_000,
      concurrency: 8,
    },
  );
  return `${run.checks.filter(({ outcome }) => outcome === 'failed').length} of ${run.checks.length} failed`;
}

async function comparison(base: URL): Promise<string> {
  const requests = Object.keys(CONTENTS).flatMap((name) =>
    [1, 2, 3, 4].map((index) => ({ method: 'GET', path: `/${name}?${index}` })),
  );
  const side = { base, addresses: [], tlsVerification: 'full' as const };
  const plan = planOf({
    requests,
    maxRequests: 1_000,
    requestsPerSecond: 1_000,
    concurrency: 8,
    timeoutSeconds: 20,
    requestTimeoutMs: 30_000,
  });
  const attempts = httpAttempts({ blue: side, green: side });
  const result = await compareSides(plan, { attempt: attempts.attempt, signal: new AbortController().signal });
  attempts.close();
  return `${result.requests} requests, ended by ${result.endedBy}`;
}

const server = createServer((request, response) => respond(request.url ?? '', response));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  const delay = monitorEventLoopDelay();
  delay.enable();
  const job = process.argv[2] === 'smoke' ? smoke : comparison;
  void job(new URL(`http://127.0.0.1:${port}`)).then((result) => {
    process.stdout.write(JSON.stringify({ result, longestBlockMs: Math.round(delay.max / 1e6) }));
    process.exit();
  });
});
