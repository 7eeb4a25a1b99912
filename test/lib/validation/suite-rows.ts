import { Duration } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  Capture,
  type ComparedRequest,
  type ComparisonOptions,
  HeaderMatch,
  type JsonMatch,
  type RepeatOptions,
  SmokeAuth,
  SmokeBody,
  type SmokeCheck,
  type SmokeExpectations,
  type SmokeSuiteOptions,
  StatusMatch,
} from '../../../lib';
import type { Row } from './rows';

export const CHECKS: readonly Row<Partial<SmokeCheck>>[] = [
  ['name', { name: '' }, 'checks[0].name', 'give the check a name'],
  ['path', { path: 'orders' }, 'checks[0].path is "orders"'],
  ['method', { method: 'FETCH' }, 'checks[0].method is "FETCH"'],
  ['headers', { headers: { 'a b': 'c' } }, 'checks[0].headers'],
  ['retries', { retries: -1 }, 'checks[0].retries is -1'],
  ['timeout', { timeout: Duration.seconds(0) }, 'checks[0].timeoutMs is 0'],
  ['query', { query: { a: '${missing}' } }, 'missing'],
  ['body', { method: 'POST', body: SmokeBody.text('${missing}') }, 'missing'],
  ['followRedirects', { followRedirects: 100 }, 'checks[0].followRedirects is 100'],
  ['expect', { expect: { status: [] } }, 'checks[0].expect.status'],
  ['warn', { warn: { status: [StatusMatch.code(1)] } }, 'checks[0].warn.status'],
  ['capture', { capture: { id: Capture.pattern('(') } }, 'checks[0].capture'],
  ['needs', { needs: ['nobody'] }, 'checks[0].needs', 'nobody'],
  ['backoff', { backoff: Duration.hours(1) }, 'checks[0].backoffMs is 3600000'],
  ['repeat', { repeat: { times: 0 } }, 'checks[0].repeat.times is 0'],
  ['auth', (stack) => ({ auth: SmokeAuth.header('a b', Secret.fromSecretNameV2(stack, 'S', 's')) }), 'checks[0].auth'],
];

export const EXPECTATIONS: readonly Row<SmokeExpectations>[] = [
  ['status', { status: [StatusMatch.SUCCESSFUL, StatusMatch.code(99)] }, 'checks[0].expect.status', '99'],
  ['headers', { headers: { a: HeaderMatch.pattern('(') } }, 'checks[0].expect.headers'],
  ['headers', { headers: { 'a b': HeaderMatch.exists(true) } }, 'checks[0].expect.headers'],
  ['headers', { headers: { a: HeaderMatch.contains('') } }, 'checks[0].expect.headers'],
  ['bodyPattern', { bodyPattern: '(' }, 'checks[0].expect.bodyPattern'],
  ['bodyContains', { bodyContains: '' }, 'checks[0].expect.bodyContains'],
  ['json', { json: [{ path: '$' }] }, 'checks[0].expect.json[0]'],
  ['jsonSchema', { jsonSchema: { type: 'text' } }, 'checks[0].expect.jsonSchema'],
  ['latency', { latency: Duration.seconds(0) }, 'checks[0].expect.latencyMs'],
  [
    'certificateValidity',
    { certificateValidity: Duration.days(3_651) },
    'checks[0].expect.certificateValidityDays is 3651',
  ],
  ['redirect', { redirect: '' }, 'checks[0].expect.redirect'],
];

export const COMPARED: readonly Row<ComparedRequest>[] = [
  ['path', { path: 'orders' }, 'requests[0].path', 'orders'],
  ['method', { path: '/', method: 'POST' }, 'requests[0].method', 'POST'],
  ['headers', { path: '/', headers: { 'a b': 'c' } }, 'requests[0].headers'],
];

export const COMPARISON: readonly Row<ComparisonOptions>[] = [
  ['requests', { requests: [] }, 'compare.requests'],
  ['alpha', { alpha: 1 }, 'compare.alpha is 1', '0.2'],
  ['confidence', { confidence: 1 }, 'compare.confidence is 1', '0.999'],
  ['errorMarginPercent', { errorMarginPercent: 0 }, 'compare.errorMarginPercent is 0', '0.1'],
  ['latencyRatio', { latencyRatio: 0.5 }, 'compare.latencyRatio is 0.5', '10'],
  ['latencyFloor', { latencyFloor: Duration.minutes(2) }, 'compare.latencyFloorMs is 120000', '60000'],
  ['maxRequests', { maxRequests: 1 }, 'compare.maxRequests is 1', '100'],
  ['timeout', { timeout: Duration.hours(1) }, 'compare.timeoutSeconds is 3600', '840'],
  ['requestsPerSecond', { requestsPerSecond: 0 }, 'compare.requestsPerSecond is 0', '10000'],
  ['concurrency', { concurrency: 65 }, 'compare.concurrency is 65', '64'],
  ['requestTimeout', { requestTimeout: Duration.minutes(2) }, 'compare.requestTimeoutMs is 120000', '60000'],
  ['headers', { headers: ['a b'] }, 'compare.headers'],
];

export const JSON_MATCHES: readonly Row<JsonMatch>[] = [
  ['path', { path: 'orders', exists: true }, 'expect.json[0].path'],
  ['count', { path: '$.a', count: -1 }, 'expect.json[0].count is -1'],
  ['pattern', { path: '$.a', pattern: '(' }, 'expect.json[0].pattern'],
  ['type', { path: '$.a', type: 'text' }, 'expect.json[0].type is "text"', 'string'],
  ['greaterThan', { path: '$.a', greaterThan: NaN }, 'expect.json[0].greaterThan'],
];

export const REPEATS: readonly Row<RepeatOptions>[] = [
  ['times', { times: 1 }, 'repeat.times is 1', '1000'],
  ['p50', { times: 2, p50: Duration.millis(0) }, 'repeat.p50Ms is 0'],
  ['p95', { times: 2, p95: Duration.millis(0) }, 'repeat.p95Ms is 0'],
  ['p99', { times: 2, p99: Duration.millis(0) }, 'repeat.p99Ms is 0'],
  ['errorPercent', { times: 2, errorPercent: 101 }, 'repeat.errorPercent is 101', '100'],
];

export const VARIABLES: readonly Row<SmokeSuiteOptions>[] = [['variables', { variables: { other: 'x' } }, 'other']];
