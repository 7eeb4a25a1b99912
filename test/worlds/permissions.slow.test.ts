jest.mock('../../common/http', () => ({
  ...jest.requireActual<object>('../../common/http'),
  exchange: (request: HttpRequest) => exchangeInWorld(request),
}));
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpRequest } from '../../common/http';
import { exchangeInWorld } from './calls';
import { callsOf, FLOWS, type Flow, noticeOf } from './flows';
import type { Sample } from './samples';
import { inWorlds } from './seeds';
import { grantsOf, type RoleGrant } from './template';

type Grant = RoleGrant & { readonly sample: Sample };

/** Those of the gate's and the VPC's example differ from them in what the examples bring, and are not tried yet. */
const TRIED: readonly Sample[] = ['service', 'app'];

/** Grants whose removal no flow here notices, each with the reason why the product has it. */
const UNNOTICED: Readonly<Record<string, string>> = {
  'GreenlightLiveRouteRole cloudformation:DescribeStacks': 'read only before an update is refused: a rollback is not',
  'GreenlightReleaseRole cloudwatch:DescribeAlarms': 'read where the history does not say which alarm fired',
  'WebCodeDeployRole elasticloadbalancing:ModifyRule': 'for a service behind a rule of the listener',
  'WebExecutionRole logs:PutLogEvents': 'tasks of a world write no line',
};

const nameOf = ({ role, action }: Grant) => `${withoutHash(role)} ${action}`;
const withoutHash = (logicalId: string) => logicalId.replace(/[0-9A-F]{8}$/, '');

/** The same grant of another sample is not tried again: its logical ids differ only in their hashes. */
const keyOf = (grant: Grant) => `${nameOf(grant)} ${JSON.stringify(grant.resources).replace(/[0-9A-F]{8}\b/g, '')}`;

/** The name of a role has the first 24 characters of its logical id. */
const isCall = (call: string, { role, action }: Grant) =>
  call.endsWith(` ${action}`) && call.startsWith(withoutHash(role).slice(0, 24));

/** Of the flows that call an action, so many are tried until one says what is missing. */
const FLOWS_MAX = 3;

interface Row {
  readonly grant: Grant;
  readonly flow?: Flow;
  readonly noticed: string;
}

async function rowOf(grant: Grant, calls: ReadonlyMap<Flow, ReadonlySet<string>>): Promise<Row> {
  const flows = FLOWS.filter((flow) => [...(calls.get(flow) ?? [])].some((call) => isCall(call, grant)));
  let silent: Row = { grant, noticed: flows.length > 0 ? 'called, and not noticed' : 'not called' };
  for (const flow of flows.slice(0, FLOWS_MAX)) {
    const notice = await noticeOf(grant.sample, flow, grant);
    const row = notice && { grant, flow, noticed: `${notice.speaker}: ${notice.sentence}` };
    if (row && notice.speaker !== 'log') return row;
    silent = row ?? silent;
  }
  return silent;
}

async function rowsOf(): Promise<Row[]> {
  const rows = new Map<string, Row>();
  for (const sample of TRIED) {
    const calls = new Map<Flow, ReadonlySet<string>>();
    for (const flow of FLOWS) calls.set(flow, await callsOf(sample, flow));
    for (const grant of grantsOf(sample).map((each) => ({ ...each, sample }))) {
      const known = rows.get(keyOf(grant));
      // A grant that one sample does without may be needed by the next.
      if (!known?.flow) rows.set(keyOf(grant), await rowOf(grant, calls));
    }
  }
  return [...rows.values()];
}

const textOf = ({ grant, flow, noticed }: Row) =>
  `${nameOf(grant)} | ${grant.sample} | ${flow?.name ?? '-'} | ${noticed}`;

test('each grant of each role of the samples is removed, and is missed in a flow or has its reason', async () => {
  const rows = await inWorlds(rowsOf);
  const folder = join(__dirname, '..', '..', 'coverage');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'permissions.txt'), `${rows.map(textOf).sort().join('\n')}\n`);
  const unnoticed = rows.filter(({ flow }) => !flow).map(({ grant }) => nameOf(grant));
  expect([...new Set(unnoticed)].sort()).toEqual(Object.keys(UNNOTICED).sort());
}, 900_000);
