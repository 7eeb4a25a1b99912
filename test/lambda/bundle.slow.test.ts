import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Suite } from '../../smoke/suite/model';
import type { Verdict } from '../../lambda/gate/types';
import { type Certificate, selfSigned } from '../support/servers/certificate';
import { bundleFolder } from '../../common/bundles';
import { temporaryDirectory } from '../support/temporary';
import { bodyOf, httpServer, httpsServer, type Listening } from '../support/servers/servers';

/** A server in place of CodeDeploy, CloudWatch and EC2 on one endpoint, as AWS_ENDPOINT_URL makes it. */
async function standIn(): Promise<Listening & { readonly calls: { target: string; input: unknown }[] }> {
  const calls: { target: string; input: unknown }[] = [];
  const server = await httpServer((request, response) => {
    void bodyOf(request).then((body) => respondAsAws(request, body, response, calls));
  });
  return { ...server, calls };
}

/** The one operation that AWS refuses, and how. */
const failing = { operation: 'none', type: '' };
afterEach(() => void Object.assign(failing, { operation: 'none', type: '' }));

function respondAsAws(
  request: http.IncomingMessage,
  body: string,
  response: http.ServerResponse,
  calls: { target: string; input: unknown }[],
): void {
  const target = String(request.headers['x-amz-target'] ?? new URLSearchParams(body).get('Action'));
  calls.push({ target, input: body.startsWith('{') ? (JSON.parse(body) as unknown) : body });
  if (target === 'DescribeNetworkInterfaces') {
    const item = '<item><privateIpAddress>127.0.0.1</privateIpAddress></item>';
    const xml = `<DescribeNetworkInterfacesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><networkInterfaceSet>${item}</networkInterfaceSet></DescribeNetworkInterfacesResponse>`;
    return void response.writeHead(200, { 'content-type': 'text/xml' }).end(xml);
  }
  if (target.endsWith(failing.operation)) {
    return void response.writeHead(400).end(JSON.stringify({ __type: failing.type, message: 'no' }));
  }
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
  const alarms = { MetricAlarms: [{ AlarmName: 'rate', StateValue: 'OK' }], CompositeAlarms: [] };
  response.end(JSON.stringify(target.endsWith('DescribeAlarms') ? alarms : {}));
}

/** Runs the built bundle in a process of its own, with its suite next to it as in the Lambda asset. */
async function invokeGate(suite: Suite, env: Record<string, string>): Promise<{ stdout: string; outcome: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'greenlight-gate-'));
  cpSync(bundleFolder('gate'), folder, { recursive: true });
  writeFileSync(join(folder, 'suite.json'), JSON.stringify(suite));
  const event = { DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'hook-1' };
  const script = `require('./index.js').handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 60000 })
    .then((outcome) => process.stderr.write('outcome=' + outcome))`;
  const child = spawn(process.execPath, ['-e', script], { cwd: folder, env: { PATH: process.env.PATH, ...env } });
  const [stdout, stderr] = await Promise.all([read(child.stdout), read(child.stderr)]);
  rmSync(folder, { recursive: true });
  return { stdout, outcome: /outcome=(\w+)/.exec(stderr)?.[1] ?? stderr };
}

function verdictOf(stdout: string): Verdict {
  return JSON.parse(stdout.split('\n')[0] ?? '') as Verdict;
}

async function read(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

let aws: Awaited<ReturnType<typeof standIn>>;
let target: Listening;
beforeEach(async () => void (aws = await standIn()));
afterEach(async () => {
  await aws.close();
  await target.close();
});

const wanted = { bodyContains: '[]', json: [{ path: '$', type: 'array' as const }], jsonSchema: { type: 'array' } };
/** JSONPath and JSON Schema are loaded from files next to the handler. */
const suite: Suite = { checks: [{ name: 'orders', path: '/orders', retries: 0, expect: wanted }] };
const environment = (targetUrl: string, changes: Record<string, string> = {}) => ({
  AWS_ENDPOINT_URL: `http://127.0.0.1:${aws.port}`,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  GREENLIGHT_SERVICE: 'web',
  GREENLIGHT_LIFECYCLE_EVENT: 'AfterAllowTestTraffic',
  GREENLIGHT_TARGET_URL: targetUrl,
  GREENLIGHT_ALARMS: '["rate"]',
  GREENLIGHT_TIMEOUT_SECONDS: '20',
  ...changes,
});

describe('the gate bundle', () => {
  test('checks an internet-facing load balancer at its private address, reads the alarms and reports', async () => {
    target = await httpServer((_request, response) => response.end('[]'));
    const env = environment(`http://web.elb.example.com:${target.port}`, { GREENLIGHT_LOAD_BALANCER: 'app/web/1' });
    const { stdout, outcome } = await invokeGate(suite, env);
    expect(outcome).toBe('Succeeded');
    expect(aws.calls.map((call) => call.target)).toEqual([
      'GraniteServiceVersion20100801.DescribeAlarms',
      'DescribeNetworkInterfaces',
      'GraniteServiceVersion20100801.DescribeAlarms',
      'CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus',
    ]);
    expect(aws.calls[1]?.input).toContain('Filter.1.Name=description&Filter.1.Value.1=ELB+app%2Fweb%2F1');
    expect(aws.calls[3]?.input).toEqual({
      deploymentId: 'd-1',
      lifecycleEventHookExecutionId: 'hook-1',
      status: 'Succeeded',
    });
    const [verdict = '', metrics = '', ...rest] = stdout.trim().split('\n');
    expect(rest).toEqual([]);
    expect(JSON.parse(metrics)).toMatchObject({ ChecksPassed: 1, GatePassed: 1, Service: 'web' });
    expect(JSON.parse(verdict) as Verdict).toMatchObject({ kind: 'greenlight.verdict', rule: 'all-passed' });
  });

  test('reports Failed with the value seen, and when it is not configured at all', async () => {
    target = await httpServer((_request, response) => response.writeHead(500).end('Oops'));
    const wrong = await invokeGate(suite, environment(`http://127.0.0.1:${target.port}`));
    const incomplete = environment(`http://127.0.0.1:${target.port}`, { GREENLIGHT_ALARMS: '' });
    const unconfigured = await invokeGate(suite, incomplete);
    expect([wrong.outcome, unconfigured.outcome]).toEqual(['Failed', 'Failed']);
    expect(verdictOf(wrong.stdout).sentence).toMatch(/^check "orders" failed: status was 500, expected 200/);
    expect(verdictOf(unconfigured.stdout).rule).toBe('internal-error');
    const reports = aws.calls.filter((call) => call.target.endsWith('PutLifecycleEventHookExecutionStatus'));
    expect(reports).toHaveLength(2);
    expect(reports[1]?.input).toMatchObject({ status: 'Failed' });
  });

  test('recognizes AWS’s errors by their names, minified as it is', async () => {
    target = await httpServer((_request, response) => response.end('[]'));
    const env = environment(`http://127.0.0.1:${target.port}`);
    const put = 'PutLifecycleEventHookExecutionStatus';
    Object.assign(failing, {
      operation: put,
      type: 'com.amazonaws.codedeploy#LifecycleEventAlreadyCompletedException',
    });
    // A report that is there already is none to repeat.
    expect((await invokeGate(suite, env)).outcome).toBe('Succeeded');
    expect(aws.calls.filter((call) => call.target.endsWith(put))).toHaveLength(1);
    Object.assign(failing, { operation: 'DescribeAlarms', type: 'ResourceNotFound' });
    const { stdout } = await invokeGate(suite, env);
    expect(verdictOf(stdout).sentence).toBe('the alarms could not be read: ResourceNotFound: no');
  });

  describe('with TLS', () => {
    let certificate: Certificate;
    beforeAll(() => void (certificate = selfSigned('shop.example.com')));
    test.each([
      ['the own domain', { GREENLIGHT_HOST_NAME: 'shop.example.com' }, 'Succeeded'],
      ['another domain', { GREENLIGHT_HOST_NAME: 'other.example.com' }, 'Failed'],
      ['the load balancer’s own name, whose certificate cannot match', {}, 'Succeeded'],
      ['that name verified in full', { GREENLIGHT_TLS_VERIFICATION: 'full' }, 'Failed'],
    ])('%s', async (_name, changes: Record<string, string>, expected) => {
      target = await httpsServer(certificate, (_request, response) => response.end('[]'));
      const authority = join(temporaryDirectory('ca'), 'ca.pem');
      writeFileSync(authority, certificate.cert);
      const { outcome, stdout } = await invokeGate(
        suite,
        environment(`https://web.elb.example.com:${target.port}`, {
          GREENLIGHT_LOAD_BALANCER: 'app/web/1',
          NODE_EXTRA_CA_CERTS: authority,
          ...changes,
        }),
      );
      expect(outcome).toBe(expected);
      if (expected === 'Failed') expect(stdout).toMatch(/ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate/);
    });
  });
});

test.each([
  ['gate' as const, ['CloudWatch', 'CodeDeploy']],
  ['live-route' as const, ['CodeDeploy']],
  ['release' as const, ['CloudWatch', 'CloudWatch Logs', 'CodeDeploy', 'ECS', 'SFN']],
])('the %s bundle holds the clients that it uses and no other', async (name, clients) => {
  target = await httpServer(() => undefined);
  const text = readFileSync(join(bundleFolder(name), 'index.js'), 'utf8');
  const found = new Set([...text.matchAll(/serviceId:[\w$]+\?\.serviceId\?\?"([^"]+)"/g)].map((match) => match[1]));
  expect([...found].sort()).toEqual(clients);
  // A client more would show here, and so would those of a laptop's credentials.
  expect(text.length).toBeLessThan(460_000);
});
