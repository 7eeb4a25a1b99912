import { arn, AwsError, type Operation, type Operations, type Principal, type World } from '../../core/service';
import {
  applicationInfo,
  applicationRevision,
  deploymentConfigInfo,
  deploymentGroupInfo,
  deploymentInfo,
  deploymentTarget,
  targetIdOf,
} from './describe';
import { contentOf, type Revision, sha256Of } from './app-spec';
import { groupOperations } from './groups/operations';
import { tagOperations } from './groups/tags';
import type { CodeDeployParts, CreateDeploymentInput, Deployments } from './deployments';
import type { Application, CodeDeployState, Deployment } from './state';

interface ById {
  readonly deploymentId?: string;
}

interface ByGroup {
  readonly applicationName?: string;
  readonly deploymentGroupName?: string;
}

interface ByApplication {
  readonly applicationName?: string;
}

interface HookResult extends ById {
  readonly lifecycleEventHookExecutionId?: string;
  readonly status?: string;
}

const TARGETS_MAX = 25;

/** Resource levels: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodedeploy.html */
export function operations(parts: CodeDeployParts): Operations {
  return {
    ...creationOperations(parts),
    ...demands(parts.world),
    ...deploymentOperations(parts),
    ...targetOperations(parts),
    ...configurationOperations(parts),
    ...groupOperations(parts),
    ...tagOperations(parts.state.tags),
  };
}

function creationOperations({ world, deployments }: CodeDeployParts): Operations {
  const onGroup = (input: ByGroup) => [groupArn(world, input)];
  return {
    CreateDeployment: {
      resources: onGroup,
      handle: async (input: CreateDeploymentInput, { principal }) => {
        // "you must have the codedeploy:UpdateDeploymentGroup permission": the group's alarms are not anyone's to pass.
        if (input.overrideAlarmConfiguration) await world.call(principal, 'codedeploy', 'OverrideAlarms', input);
        await demandRevision(world, principal, input);
        return { deploymentId: deployments.create(input).deploymentId };
      },
    },
    // A permission, not an API of AWS: here an operation that does nothing, so that one place authorizes everything.
    OverrideAlarms: {
      action: 'codedeploy:UpdateDeploymentGroup',
      resources: onGroup,
      isPermission: true,
      handle: () => ({}),
    },
  };
}

/**
 * The caller must also be allowed to register the revision, and to read it and the deployment configuration.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/auth-and-access-control-permissions-reference.html
 */
async function demandRevision(world: World, principal: Principal, input: CreateDeploymentInput): Promise<void> {
  const { applicationName, deploymentConfigName } = input;
  for (const action of ['RegisterApplicationRevision', 'GetApplicationRevision'])
    await world.call(principal, 'codedeploy', `Demand${action}`, { applicationName });
  if (deploymentConfigName !== undefined)
    await world.call(principal, 'codedeploy', 'DemandGetDeploymentConfig', { deploymentConfigName });
}

/** Permissions without the work of their operations. */
function demands(world: World): Operations {
  const ofApplication = ({ applicationName }: ByApplication) => [
    arn(world, 'codedeploy', `application:${applicationName}`),
  ];
  const ofConfig = ({ deploymentConfigName }: { readonly deploymentConfigName?: string }) => [
    arn(world, 'codedeploy', `deploymentconfig:${deploymentConfigName}`),
  ];
  const demand = <Input>(action: string, resources: (input: Input) => string[]) => ({
    action: `codedeploy:${action}`,
    resources,
    isPermission: true as const,
    handle: () => ({}),
  });
  return {
    DemandRegisterApplicationRevision: demand('RegisterApplicationRevision', ofApplication),
    DemandGetApplicationRevision: demand('GetApplicationRevision', ofApplication),
    DemandGetDeploymentConfig: demand('GetDeploymentConfig', ofConfig),
  };
}

function deploymentOperations({ world, state, deployments }: CodeDeployParts): Operations {
  const onGroup = (input: ByGroup) => [groupArn(world, input)];
  const ofDeployment = (input: ById) => [groupArn(world, state.deployments.get(input.deploymentId ?? '')?.group ?? {})];
  return {
    GetDeployment: {
      resources: ofDeployment,
      handle: (input: ById) => ({ deploymentInfo: deploymentInfo(deployments.find(input.deploymentId)) }),
    },
    BatchGetDeployments: {
      resources: ({ deploymentIds }: { readonly deploymentIds: readonly string[] }) => [
        ...new Set(deploymentIds.flatMap((deploymentId) => ofDeployment({ deploymentId }))),
      ],
      handle: (input: { readonly deploymentIds: readonly string[] }) => ({
        deploymentsInfo: input.deploymentIds.map((id) => deploymentInfo(deployments.find(id))),
      }),
    },
    ListDeployments: {
      resources: onGroup,
      handle: (input: ListDeploymentsInput) => listDeployments(state, deployments, input),
    },
    StopDeployment: {
      resources: ofDeployment,
      handle: (input: ById & { readonly autoRollbackEnabled?: boolean }) => {
        deployments.stop(deployments.find(input.deploymentId).deploymentId, input.autoRollbackEnabled);
        return { status: 'Pending', statusMessage: `Stopping deployment ${input.deploymentId}.` };
      },
    },
    ContinueDeployment: {
      resources: ofDeployment,
      handle: (input: ById & { readonly deploymentWaitType?: string }) => {
        deployments.continue(
          deployments.find(input.deploymentId).deploymentId,
          input.deploymentWaitType ?? 'READY_WAIT',
        );
        return {};
      },
    },
    // The reference lists no resource type, yet policies scoped to the deployment group work on AWS.
    PutLifecycleEventHookExecutionStatus: {
      resources: ofDeployment,
      handle: (input: HookResult) => {
        const { deploymentId } = deployments.find(input.deploymentId);
        deployments.endHook(deploymentId, input.lifecycleEventHookExecutionId ?? '', input.status ?? '');
        return { lifecycleEventHookExecutionId: input.lifecycleEventHookExecutionId };
      },
    },
  };
}

function targetOperations({ world, state, deployments }: CodeDeployParts): Operations {
  const ofDeployment = (input: ById) => [groupArn(world, state.deployments.get(input.deploymentId ?? '')?.group ?? {})];
  const targetOf = (deployment: Deployment, targetId: string) => {
    if (targetId === targetIdOf(deployment.group)) return deploymentTarget(world, deployment);
    throw new AwsError('DeploymentTargetDoesNotExistException', `The deployment target ${targetId} does not exist`);
  };
  return {
    ListDeploymentTargets: {
      resources: ofDeployment,
      handle: (input: ById) => ({ targetIds: [targetIdOf(deployments.find(input.deploymentId).group)] }),
    },
    GetDeploymentTarget: {
      resources: ofDeployment,
      handle: async (input: ById & { readonly targetId: string }) => ({
        deploymentTarget: await targetOf(deployments.find(input.deploymentId), input.targetId),
      }),
    },
    BatchGetDeploymentTargets: {
      resources: ofDeployment,
      handle: async (input: ById & { readonly targetIds?: readonly string[] }) => {
        const deployment = deployments.find(input.deploymentId);
        const ids = input.targetIds ?? [];
        if (ids.length === 0)
          throw new AwsError('DeploymentTargetIdRequiredException', 'A deployment target ID is required');
        if (ids.length > TARGETS_MAX)
          throw new AwsError(
            'DeploymentTargetListSizeExceededException',
            `${ids.length} target ids: at most ${TARGETS_MAX}`,
          );
        return { deploymentTargets: await Promise.all(ids.map((id) => targetOf(deployment, id))) };
      },
    },
  };
}

function configurationOperations({ world, state, deployments }: CodeDeployParts): Operations {
  const onApplication = (input: ByApplication) => [
    arn(world, 'codedeploy', `application:${input.applicationName ?? '*'}`),
  ];
  const all = () => [...state.deployments.values()];
  return {
    GetDeploymentGroup: {
      resources: (input: ByGroup) => [groupArn(world, input)],
      handle: (input: ByGroup) => ({
        deploymentGroupInfo: deploymentGroupInfo(
          deployments.requireGroup(input.applicationName, input.deploymentGroupName),
          all(),
        ),
      }),
    },
    GetDeploymentConfig: getDeploymentConfig(world, state),
    ListDeploymentConfigs: { handle: () => ({ deploymentConfigsList: [...state.configs.keys()].sort() }) },
    ListApplications: { handle: () => ({ applications: [...state.applications.keys()] }) },
    ListDeploymentGroups: {
      resources: onApplication,
      handle: (input: ByApplication) => ({
        applicationName: input.applicationName,
        deploymentGroups: [...state.groups.values()]
          .filter((group) => group.applicationName === input.applicationName)
          .map((group) => group.deploymentGroupName),
      }),
    },
    GetApplication: {
      resources: onApplication,
      handle: (input: ByApplication) => ({ application: applicationInfo(findApplication(state, input)) }),
    },
    RegisterApplicationRevision: {
      resources: onApplication,
      handle: (input: ByApplication & { readonly revision?: Revision }) => {
        deployments.register(findApplication(state, input).applicationName, contentOf(input.revision));
        return {};
      },
    },
    GetApplicationRevision: {
      resources: onApplication,
      handle: (input: ByApplication & { readonly revision?: Revision }) => {
        const sha256 = sha256Of(input.revision);
        const revision = applicationRevision(findApplication(state, input), sha256, all());
        if (revision) return revision;
        throw new AwsError('RevisionDoesNotExistException', `No revision found with sha256 ${sha256}`);
      },
    },
  };
}

function getDeploymentConfig(
  world: World,
  state: CodeDeployState,
): Operation<{ readonly deploymentConfigName?: string }> {
  return {
    resources: (input) => [arn(world, 'codedeploy', `deploymentconfig:${input.deploymentConfigName ?? '*'}`)],
    handle: ({ deploymentConfigName = '' }) => {
      const config = state.configs.get(deploymentConfigName);
      if (config) return { deploymentConfigInfo: deploymentConfigInfo(config) };
      throw new AwsError(
        'DeploymentConfigDoesNotExistException',
        `No deployment configuration found for name: ${deploymentConfigName}`,
      );
    },
  };
}

interface ListDeploymentsInput extends ByGroup {
  readonly includeOnlyStatuses?: readonly string[];
  /** Seconds since the epoch. */
  readonly createTimeRange?: { readonly start?: number; readonly end?: number };
  readonly externalId?: string;
}

/**
 * Newest first. A group that does not exist is an error.
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeployments.html
 */
function listDeployments(state: CodeDeployState, deployments: Deployments, input: ListDeploymentsInput) {
  if (input.deploymentGroupName) deployments.requireGroup(input.applicationName, input.deploymentGroupName);
  const wanted = ({ group, progress }: Deployment) =>
    (input.applicationName === undefined || group.applicationName === input.applicationName) &&
    (input.deploymentGroupName === undefined || group.deploymentGroupName === input.deploymentGroupName) &&
    (!input.includeOnlyStatuses?.length || input.includeOnlyStatuses.includes(progress.status)) &&
    // Deployments of StackSets and the like have one; none here does.
    input.externalId === undefined;
  const { start = -Infinity, end = Infinity } = input.createTimeRange ?? {};
  const inRange = ({ createTimeMs }: Deployment) => createTimeMs / 1000 >= start && createTimeMs / 1000 <= end;
  const found = [...state.deployments.values()].filter((each) => wanted(each) && inRange(each));
  return { deployments: found.reverse().map(({ deploymentId }) => deploymentId) };
}

function findApplication(state: CodeDeployState, { applicationName = '' }: ByApplication): Application {
  const application = state.applications.get(applicationName);
  if (application) return application;
  throw new AwsError('ApplicationDoesNotExistException', `No application found for name: ${applicationName}`);
}

function groupArn(world: World, { applicationName = '*', deploymentGroupName = '*' }: ByGroup): string {
  return arn(world, 'codedeploy', `deploymentgroup:${applicationName}/${deploymentGroupName}`);
}
