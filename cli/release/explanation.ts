import {
  describeServiceDeployments,
  type ServiceDeployment,
  SERVICE_DEPLOYMENT_IN_FLIGHT,
  serviceDeploymentId,
} from '../../aws/ecs';
import type { Verdict } from '../../lambda/gate/types';
import { type Search, searchEvidence } from '../../verdict/evidence';
import { type Deployment, hasFailed, type Progress, stateOf } from '../../verdict/progress';
import { failureSentence, type FailureEvidence, stoppedByAlarm } from '../../verdict/sentence';
import { rollbackSentence } from '../../verdict/service-sentence';
import { CommandFailure, ExitCode } from '../failure';
import type { Aws } from './aws';
import { deploymentOf, serviceOfDeployment } from './codedeploy-deployment';
import { evidenceClients, gateLogGroups } from './records';
import { releasesOf } from './releases';
import { type EcsService, engineOf } from './services';
import { evidenceLines, remedyOf } from './why-evidence';

/** What `greenlight why --json` prints. */
export interface Explanation {
  readonly service: string;
  readonly release: string;
  readonly outcome: 'succeeded' | 'failed' | 'in progress';
  /** The sentence with which `cdk deploy` fails. */
  readonly sentence: string;
  /** What did not pass, one line each. */
  readonly evidence: readonly string[];
  readonly remedy?: string;
  /** All that the gate wrote. */
  readonly verdict?: Partial<Verdict>;
}

/** A line of a log can take some seconds to be found: longer than that after the end, nothing more comes. */
const SETTLED_AFTER_MS = 60_000;

/** @param named a deployment, or a service for `find` */
export async function explain(
  aws: Aws,
  named: string | undefined,
  find: (service: string | undefined) => Promise<EcsService>,
): Promise<Explanation> {
  if (named !== undefined && /^d-[A-Z0-9]+$/.test(named)) {
    const service = await find(await serviceOfDeployment(aws, named));
    return ofCodeDeploy(aws, service, named);
  }
  const [, place] = /:service-deployment\/(.+)\/[^/]+$/.exec(named ?? '') ?? [];
  if (named !== undefined && place !== undefined) {
    const serviceArn = named.replace(/:service-deployment\/.*$/, `:service/${place}`);
    return ofServiceDeployment(aws, await find(serviceArn), named);
  }
  const service = await find(named);
  const { release, lastRelease } = await releasesOf(aws, service);
  const isEcs = engineOf(service) !== 'codedeploy';
  const last = release && (isEcs || !release.rollsBack) ? release : lastRelease;
  if (!last) throw new CommandFailure(`${service.serviceName} has had no release yet`, ExitCode.badInput);
  return isEcs ? ofServiceDeployment(aws, service, last.arn ?? '') : ofCodeDeploy(aws, service, last.id);
}

async function ofCodeDeploy(aws: Aws, service: EcsService, id: string): Promise<Explanation> {
  const progress = await progressOf(aws, service, id);
  const { deployment } = progress;
  const head = { service: service.serviceName, release: id };
  if (!hasFailed(deployment)) return unfailed(head, deployment.status, deployment.status === 'Succeeded');
  const { createdAtMs = 0, completedAtMs = Date.now() } = deployment;
  const { alarmNames } = stoppedByAlarm(deployment) ? await releasesOf(aws, service) : { alarmNames: [] };
  const evidence = await searchIn(aws, service, {
    deploymentId: id,
    sinceMs: createdAtMs,
    untilMs: completedAtMs,
    alarmNames,
  });
  const state = stateOf(progress, Date.now(), completedAtMs);
  const aftermath = state.kind === 'failed' ? state.aftermath : ({ kind: 'left-as-is' } as const);
  const goesBack = state.kind === 'waiting';
  const sentence = failureSentence(service.serviceName, deployment, evidence, aftermath);
  return failed(
    head,
    goesBack ? `${service.serviceName}: the rollback of ${id} has not ended. ${sentence}` : sentence,
    evidence,
  );
}

/** The rollback too, which says what production is left with. */
async function progressOf(aws: Aws, service: EcsService, id: string): Promise<Progress> {
  const deployment = await deploymentOf(aws, service, id);
  const { rollbackDeploymentId } = deployment;
  const rollback: Deployment | undefined = rollbackDeploymentId
    ? await deploymentOf(aws, service, rollbackDeploymentId)
    : undefined;
  return { deployment, rollback };
}

async function ofServiceDeployment(aws: Aws, service: EcsService, arn: string): Promise<Explanation> {
  const [deployment] = await describeServiceDeployments([arn], aws.signal, aws.caller);
  if (!deployment) throw new CommandFailure(`there is no service deployment ${arn}`, ExitCode.badInput);
  const id = serviceDeploymentId(arn);
  const head = { service: service.serviceName, release: id };
  if (!deployment.status.startsWith('ROLLBACK')) {
    const runs = SERVICE_DEPLOYMENT_IN_FLIGHT.some((each) => each === deployment.status);
    if (runs || deployment.status === 'SUCCESSFUL') return unfailed(head, deployment.status, !runs);
  }
  const evidence = await searchIn(aws, service, searchOf(deployment, id));
  return failed(head, rollbackSentence(service.serviceName, deployment, evidence), evidence);
}

function searchOf({ createdAt = 0, finishedAt, alarms }: ServiceDeployment, deploymentId: string) {
  const untilMs = finishedAt === undefined ? Date.now() : finishedAt * 1_000;
  return { deploymentId, sinceMs: createdAt * 1_000, untilMs, alarmNames: alarms?.triggeredAlarmNames ?? [] };
}

async function searchIn(
  aws: Aws,
  service: EcsService,
  search: Pick<Search, 'deploymentId' | 'sinceMs' | 'untilMs' | 'alarmNames'>,
): Promise<FailureEvidence> {
  const logGroups = await gateLogGroups(aws, service);
  const settleMs = Date.now() - search.untilMs > SETTLED_AFTER_MS ? 0 : undefined;
  return searchEvidence({ ...search, logGroups, settleMs }, evidenceClients(aws));
}

type Head = Pick<Explanation, 'service' | 'release'>;

function unfailed(head: Head, status: string, ended: boolean): Explanation {
  const what = ended ? 'succeeded' : `is in progress (${status}), and nothing has failed`;
  return {
    ...head,
    outcome: ended ? 'succeeded' : 'in progress',
    sentence: `Release ${head.release} of ${head.service} ${what}.`,
    evidence: [],
  };
}

function failed(head: Head, sentence: string, { verdict, denials = [] }: FailureEvidence): Explanation {
  const document = verdict?.document;
  return {
    ...head,
    outcome: 'failed',
    sentence,
    evidence: [...(document ? evidenceLines(document) : []), ...denials],
    remedy: remedyOf(document),
    ...(document && { verdict: document }),
  };
}
