/** The bad releases of the fault matrix, and the table that docs/faults.md shows of them. */

export interface MatrixFault {
  readonly name: string;
  /** Of the sample service. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the sentence that decides says. */
  readonly sentence: string | RegExp;
  readonly means: 'check' | 'comparison' | 'alarm' | 'health check';
  /** Only production traffic brings it out. */
  readonly exposed?: true;
  /** Both sides have it: what they share is down while the gate runs. */
  readonly shared?: true;
  /** It brings an alarm to fire when the next release has begun already, and would end that. */
  readonly alarming?: true;
}

const fault =
  (means: MatrixFault['means']) =>
  (name: string, environment: MatrixFault['environment'], sentence: MatrixFault['sentence']): MatrixFault => ({
    name,
    environment,
    sentence,
    means,
  });
const check = fault('check');
const comparison = fault('comparison');
const health = fault('health check');

const response = (kind: string, percent = 100) => ({
  FAULT_RESPONSE: kind,
  FAULT_RESPONSE_PERCENT: String(percent),
});

/** What a check, or ECS, sees at once. */
const PLAIN_FAULTS: readonly MatrixFault[] = [
  health(
    'the service crashes at its start',
    { FAULT_CRASH_AFTER_MS: '1' },
    /stopped on request|alarms have been activated/,
  ),
  check('a route returns 500', { FAULT_BROKEN_ROUTE: '/orders' }, 'check "orders" failed: status was 500'),
  check('a field is missing', { FAULT_MISSING_FIELD: 'quantity' }, 'check "orders" failed'),
  check('wrong content type', { FAULT_CONTENT_TYPE: 'text/html' }, 'content-type'),
  check('each response takes 1.5 s', { FAULT_LATENCY_MS: '1500' }, 'check "orders" failed: latency'),
  check('HTML error page with status 200', response('html-page'), 'text/html'),
  check('the old version responds', response('old-version'), 'x-version'),
  check('a header is missing', response('no-version'), 'x-version'),
  check('broken gzip', response('broken-gzip'), 'gzip'),
  check('wrong content length', response('wrong-length'), 'check "'),
  check('only POST fails', { FAULT_BROKEN_POST: 'true' }, 'check "create" failed: status was 500'),
  {
    ...fault('alarm')(
      'fails three minutes after all traffic moved',
      { FAULT_ERROR_PERCENT: '100', FAULT_ON_PORT: '80', FAULT_AFTER_REQUESTS: '140' },
      '5xx',
    ),
    exposed: true,
  },
  {
    ...check(
      'a dependency is down for both sides',
      { FAULT_LATENCY_MS: '0' },
      'the live side has the same problem: status was 503',
    ),
    shared: true,
    alarming: true,
  },
  check('connections are reset', response('reset'), 'check "'),
];

/** What only many requests show. */
const HIDDEN_FAULTS: readonly MatrixFault[] = [
  comparison('5 % of the requests fail', { FAULT_ERROR_PERCENT: '5' }, /had status 500, 0 % of blue's/),
  comparison('1 % of the requests fail', { FAULT_ERROR_PERCENT: '1' }, /had status 500, 0 % of blue's/),
  comparison('1 % of the requests hang', response('hang', 1), /timed out, 0 % of blue's/),
  comparison('5 % of the connections are reset', response('reset', 5), 'green fails more often than blue'),
  comparison('each response takes 40 ms longer', { FAULT_LATENCY_MS: '40' }, 'green is slower than blue'),
  comparison('twice as slow under load', { FAULT_ONE_AT_A_TIME: 'true' }, 'green is slower than blue'),
  comparison(
    'a leak: slower with each request',
    { FAULT_LEAK_MS: '0.2' },
    /green is slower than blue|too large to pass/,
  ),
  comparison(
    'memory grows until the task dies',
    { FAULT_LEAK_MB: '1', FAULT_MEMORY_MB: '48' },
    /^green (fails|is slower)|too large to pass/,
  ),
];

/**
 * Each group on a local AWS of its own. The comparison's requests are real ones: the two minutes that it has are seconds, so
 * the clock runs slower for it.
 */
export const GROUPS = [
  { what: 'what one request shows', faults: PLAIN_FAULTS, speed: 60 },
  { what: 'what many requests show', faults: HIDDEN_FAULTS, speed: 12 },
];

export const MATRIX = GROUPS.flatMap(({ faults }) => faults);

/** The variables that the stack of the matrix has as parameters. */
export const FAULT_VARIABLES = [...new Set(MATRIX.flatMap(({ environment }) => Object.keys(environment)))];

export interface MatrixRow {
  readonly fault: MatrixFault;
  /** `Failed` or `Stopped` when the release was caught. */
  readonly status: string;
  /** What decided, in the words of gate, release and CodeDeploy. */
  readonly sentence: string;
  /** Of the stack, when the release was over. */
  readonly stack: string;
  /** Whether production is on the old version again. */
  readonly isBack: boolean;
  /** From the start of the deployment to its end, seconds of AWS time. */
  readonly seconds: number;
  /** From the first failed production request to the end of the deployment, seconds of AWS time. */
  readonly secondsOfFailure?: number;
  /** Production requests that green served, and how many of them failed. */
  readonly exposed: number;
  readonly failed: number;
}

/** The table of docs/faults.md. */
export function matrixTable(rows: readonly MatrixRow[]): string {
  const lines = rows.map(({ fault: { name, means }, seconds, secondsOfFailure, exposed, failed }) => {
    const after =
      secondsOfFailure === undefined
        ? `${duration(seconds)} of the release`
        : `${duration(secondsOfFailure)} of failed requests`;
    return [name, means, after, exposed, failed];
  });
  const header = ['fault', 'caught by', 'after', 'production requests exposed', 'failed'];
  return [header, header.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/**
 * The table of docs/faults.md that has a peer's figures next to ours.
 * @param ours cells of the first table: the fault first, requests exposed and failed last
 */
export function peerTable(rows: readonly MatrixRow[], ours: readonly (readonly string[])[]): string {
  const lines = rows.map(({ fault: { name }, status, stack, exposed, failed }) => {
    const end = stack === 'UPDATE_ROLLBACK_FAILED' ? `${status}; stack ${stack}` : status;
    const own = ours.find(([fault]) => fault === name) ?? [];
    return [name, end, exposed, failed, ...own.slice(-2)];
  });
  const peer = ['deployment', 'exposed', 'failed'].map((figure) => `cdk-ecs-codedeploy: ${figure}`);
  const header = ['fault', ...peer, 'Greenlight: exposed', 'failed'];
  return [header, header.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function duration(seconds: number): string {
  return seconds < 100 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
