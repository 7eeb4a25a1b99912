jest.mock('../../common/http', () => ({
  ...jest.requireActual<object>('../../common/http'),
  exchange: (request: HttpRequest) => exchangeInWorld(request),
}));
import type { HttpRequest } from '../../common/http';
import { exchangeInWorld } from './calls';
import { callsOf, FLOWS, isNoticed } from './flows';
import { inWorlds } from './seeds';
import { grantsOf, type TemplateGrant } from './template';

/** Grants that no flow here uses, each with the reason why the product has it. */
const UNUSED: Readonly<Record<string, string>> = {
  'GreenlightLiveRouteRole cloudformation:DescribeStacks': 'read only before an update is refused: a rollback is not',
  'GreenlightReleaseRole cloudwatch:DescribeAlarms': 'read where the history does not say which alarm fired',
  'WebCodeDeployRole elasticloadbalancing:ModifyRule': 'for a service behind a rule of the listener',
  'WebExecutionRole logs:PutLogEvents': 'tasks of a world write no line',
};

/** One grant of each role, removed from the template for real. */
const REMOVED = [
  'GreenlightReleaseRole codedeploy:GetDeploymentConfig',
  'WebCodeDeployRole ecs:UpdateServicePrimaryTaskSet',
  'WebGateRole ec2:CreateNetworkInterface',
];

const nameOf = ({ holder, action }: TemplateGrant) => `${roleOf(holder)} ${action}`;
const roleOf = (logicalId: string) => logicalId.replace(/(DefaultPolicy)?[0-9A-F]{8}$/, '');

/** The name of a role has the first 24 characters of its logical id. */
const isCall = (call: string, { holder, action }: TemplateGrant) =>
  call.endsWith(` ${action}`) && call.startsWith(roleOf(holder).slice(0, 24));

test('each grant of each role is used in a flow, or has its reason; without it a call is denied there', async () => {
  await inWorlds(async () => {
    const calls: (readonly string[])[] = [];
    for (const flow of FLOWS) calls.push([...(await callsOf(flow))]);
    const flowOf = (grant: TemplateGrant) => FLOWS[calls.findIndex((all) => all.some((call) => isCall(call, grant)))];
    const unused = grantsOf().filter((grant) => !flowOf(grant));
    expect([...new Set(unused.map(nameOf))].sort()).toEqual(Object.keys(UNUSED).sort());
    for (const name of REMOVED) {
      const grant = grantsOf().find((each) => nameOf(each) === name);
      const flow = grant && flowOf(grant);
      expect([name, grant && flow && (await isNoticed(flow, grant))]).toEqual([name, true]);
    }
  });
}, 600_000);
