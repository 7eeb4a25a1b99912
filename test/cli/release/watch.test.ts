import { watch } from '../../../cli/release/watch';
import { Output } from '../../../cli/output';
import { capture } from '../support';
import { fakeAws } from './support';

const service = {
  serviceArn: 'arn:aws:ecs:eu-west-1:1:service/Shop/web',
  serviceName: 'web',
  clusterArn: 'arn:aws:ecs:eu-west-1:1:cluster/Shop',
  deploymentController: { type: 'CODE_DEPLOY' },
  taskSets: [{ id: '1', externalId: 'd-1', runningCount: 2, computedDesiredCount: 2 }],
};
const running = { deploymentId: 'd-1', status: 'InProgress', createTime: 1_000 };
const event = (lifecycleEventName: string) => ({ lifecycleEventName, status: 'InProgress', startTime: 1_000 });

/** Each reading of the deployments is the next of these; the last one stays. */
function releasing(...readings: { readonly infos: object[]; readonly event?: string }[]) {
  let at = -1;
  const now = () => readings[Math.min(at, readings.length - 1)];
  return fakeAws({
    ListServices: () => ({ serviceArns: [service.serviceArn] }),
    DescribeServices: () => ({ services: [service] }),
    GetDeployment: () => ({ deploymentInfo: { applicationName: 'app', deploymentGroupName: 'group' } }),
    GetDeploymentGroup: () => ({ deploymentGroupInfo: { applicationName: 'app', deploymentGroupName: 'group' } }),
    ListDeployments: () => ((at += 1), { deployments: ['d-1'] }),
    BatchGetDeployments: () => ({ deploymentsInfo: now()?.infos }),
    BatchGetDeploymentTargets: () => ({
      deploymentTargets: [{ ecsTarget: { lifecycleEvents: [event(now()?.event ?? 'Install')] } }],
    }),
  });
}

async function watched(aws: ReturnType<typeof releasing>, stream = capture()) {
  const code = await watch(aws, service, new Output(stream, capture(), { TERM: 'xterm', NO_COLOR: '1' }), 1);
  return { code, out: stream.text };
}

test('without a terminal, what has changed is printed once, and the outcome ends it', async () => {
  const { code, out } = await watched(
    releasing(
      { infos: [running], event: 'Install' },
      { infos: [running], event: 'Install' },
      { infos: [running], event: 'AllowTraffic' },
      { infos: [{ ...running, status: 'Succeeded', completeTime: 1_300 }] },
    ),
  );
  expect(code).toBe(0);
  const releases = out.split('\n').filter((line) => line.startsWith('release'));
  expect(releases.map((line) => /: (\w+)|none/.exec(line)?.[1])).toEqual(['Install', 'AllowTraffic', undefined]);
  expect(out.match(/^web \(cluster Shop/gm)).toHaveLength(1);
  expect(out).toMatch(/\nRelease d-1 succeeded at 1970-01-01 00:21:40Z\n$/);
});

test('a release that is rolled back ends with 1 and its reason, after its rollback', async () => {
  const failed = {
    ...running,
    status: 'Failed',
    completeTime: 1_300,
    errorInformation: { message: 'an alarm fired' },
    rollbackInfo: { rollbackDeploymentId: 'd-2' },
  };
  const rollback = { deploymentId: 'd-2', status: 'InProgress', createTime: 1_200, creator: 'codeDeployRollback' };
  const { code, out } = await watched(
    releasing(
      { infos: [running] },
      { infos: [failed, rollback] },
      { infos: [failed, { ...rollback, status: 'Succeeded' }] },
    ),
  );
  expect(code).toBe(1);
  expect(out).toContain('release d-2 is being rolled back');
  expect(out).toMatch(/\nRelease d-1 rolled back at 1970-01-01 00:21:40Z: an alarm fired\n$/);
});

test('a terminal is redrawn', async () => {
  const ended = { ...running, status: 'Succeeded', completeTime: 1_300 };
  const { out } = await watched(
    releasing({ infos: [running] }, { infos: [ended] }),
    capture({ isTTY: true, columns: 200 }),
  );
  const [first = '', second = ''] = out.split(/(?<=A)\r/);
  expect(first).toContain('web (cluster Shop');
  expect(second).toContain('\u001B[Jweb (cluster Shop');
});
