import { readFileSync } from 'node:fs';
import { startHeartbeat } from '../../cli/heartbeat';
import { nodeProblem, NODE_VERSION_MIN } from '../../cli/node-version';
import { Output } from '../../cli/output';
import { waitingFor } from '../../cli/waiting';
import type { RehearsalEvent } from '../../rehearsal/core/events';
import { capture, ROOT } from './support';

const event = (atMs: number, source: string, name: string, data = {}, detail = ''): RehearsalEvent => ({
  atMs,
  source,
  event: name,
  detail,
  data,
});

const releases = ['v1', 'v2'];

test.each<[string, readonly RehearsalEvent[], string, number?]>([
  ['the synthesis of the first release', [], 'the CDK app of v1 is being synthesized'],
  [
    'the synthesis of the next release',
    [
      event(0, 'cdk', 'deploy', { release: 'v1' }),
      event(65_000, 'cloudformation', 'stack-status', {}, 'Shop CREATE_COMPLETE'),
    ],
    'the CDK app of v2 is being synthesized',
    1,
  ],
  [
    'an alarm that fires before the next release',
    [
      event(0, 'cdk', 'deploy', { release: 'v1' }),
      event(100_000, 'rehearsal', 'waiting', {}, 'v2 waits until Shop5xx is quiet again'),
    ],
    'v2 waits until Shop5xx is quiet again, for 25 s of AWS time',
    1,
  ],
  ['the end', [event(0, 'cdk', 'deploy', { release: 'v2' })], 'the report is being written', 2],
  [
    'the bake',
    [
      event(0, 'cdk', 'deploy', { release: 'v1' }),
      event(95_000, 'cloudformation', 'stack-status', {}, 'Shop UPDATE_COMPLETE'),
      event(115_000, 'cdk', 'deployed'),
    ],
    'v1: `cdk deploy` has ended, and the bake of its deployments has been running for 10 s of AWS time',
  ],
  [
    'a deployment that has just begun',
    [event(125_000, 'cdk', 'deploy', { release: 'v1' })],
    'v1: `cdk deploy` has been preparing assets for 0 s of AWS time',
  ],
  [
    'the preparation of a deployment',
    [event(0, 'cdk', 'deploy', { release: 'v1' })],
    'v1: `cdk deploy` has been preparing assets for 2 min 5 s of AWS time',
  ],
  [
    'a stack',
    [
      event(0, 'cdk', 'deploy', { release: 'v1' }),
      event(65_000, 'cloudformation', 'stack-status', {}, 'Shop CREATE_IN_PROGRESS: User Initiated'),
    ],
    'v1: stack Shop CREATE_IN_PROGRESS for 1 min of AWS time',
  ],
  [
    'a shift of traffic',
    [
      event(0, 'cdk', 'deploy', { release: 'v1' }),
      event(9, 'cdk', 'deploy', { release: 'v2' }),
      event(95_000, 'codedeploy', 'weights', { route: 'production', greenPercent: 10 }),
      event(96_000, 'ecs', 'task-started'),
    ],
    'v2: production traffic 10 % on green for 30 s of AWS time',
  ],
])('%s is named', (_name, events, expected, ended = 0) => {
  expect(waitingFor({ events, releases, ended }, 125_000)).toBe(expected);
});

describe('after three silent seconds', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('a terminal has one line, updated every second, and gone at the end', () => {
    const out = capture({ isTTY: true, columns: 80 });
    const output = new Output(out, capture(), { TERM: 'xterm', NO_COLOR: '1' });
    const end = startHeartbeat(output, () => 'v2: waiting');
    jest.advanceTimersByTime(2_000);
    expect(out.text).toBe('');
    jest.advanceTimersByTime(4_000);
    expect(out.text.split('v2: waiting').length - 1).toBeGreaterThanOrEqual(3);
    expect(out.text).not.toContain('\n');
    end();
    expect(out.text.endsWith('\r\u001B[2K')).toBe(true);
  });

  test('a file has a line every now and then', () => {
    const out = capture();
    const end = startHeartbeat(new Output(out, capture(), {}), () => 'v2: waiting');
    jest.advanceTimersByTime(60_000);
    end();
    const lines = out.text.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^… v2: waiting \(3 s since the start\)$/);
    expect(lines.length).toBeGreaterThanOrEqual(3);
    expect(lines.length).toBeLessThanOrEqual(5);
    expect(out.text).not.toContain('\u001B');
  });

  test('nothing of it is on the standard output of --json', () => {
    const [out, err] = [capture(), capture()];
    const output = new Output(out, err, {});
    output.reserveStdout();
    const end = startHeartbeat(output, () => 'v2: waiting');
    jest.advanceTimersByTime(10_000);
    end();
    expect([out.text, err.text]).toEqual(['', expect.stringContaining('v2: waiting')]);
  });
});

test.each([
  ['18.20.0', false],
  ['20.18.0', false],
  ['20.18.1', true],
  ['20.20.2', true],
  ['22.0.0', true],
  ['v19.9.9', false],
])('Node.js %s: new enough %s', (version, expected) => {
  expect(nodeProblem(version) === undefined).toBe(expected);
});

test('package.json asks for the same version of Node.js', () => {
  const { engines } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as { engines: { node: string } };
  expect(engines.node).toBe(`>=${NODE_VERSION_MIN}`);
});
