/** Applications, deployment groups and configurations by hand, as tools next to CloudFormation make them. */
import { arn, AwsError, type Operation, type Operations } from '../../../core/service';
import { scheduleOf, type TrafficRoutingConfig } from '../configurations';
import { applicationInfo, deploymentGroupInfo } from '../describe';
import { requireEcs, validateGroup } from './rules';
import { isTerminal } from '../lifecycle';
import type { CodeDeployParts } from '../deployments';
import { type Application, type DeploymentGroup, groupKey } from '../state';
import type { Tag } from './tags';

interface ByApplication {
  readonly applicationName: string;
}
interface ByGroup extends ByApplication {
  readonly deploymentGroupName: string;
}
type GroupInput = Partial<DeploymentGroup> & ByGroup & { readonly tags?: readonly Tag[] };
type UpdateGroup = Partial<DeploymentGroup> &
  ByApplication & { readonly currentDeploymentGroupName: string; readonly newDeploymentGroupName?: string };

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodedeploy.html */
export function groupOperations(parts: CodeDeployParts): Operations {
  return { ...applicationOperations(parts), ...deploymentGroupOperations(parts), ...configOperations(parts) };
}

function applicationOperations({ world, state }: CodeDeployParts): Operations {
  const applicationArn = (name: string) => arn(world, 'codedeploy', `application:${name}`);
  const resources = ({ applicationName }: ByApplication) => [applicationArn(applicationName)];
  return {
    CreateApplication: {
      resources,
      handle: (input: ByApplication & { readonly computePlatform?: string; readonly tags?: readonly Tag[] }) => {
        const { applicationName, computePlatform = 'Server' } = input;
        if (state.applications.has(applicationName)) {
          const message = `Application already exists: ${applicationName}`;
          throw new AwsError('ApplicationAlreadyExistsException', message);
        }
        const application: Application = {
          applicationId: world.ids.uuid(),
          applicationName,
          computePlatform: requireEcs(computePlatform),
          createTimeMs: world.clock.now(),
          revisions: new Map(),
        };
        state.applications.set(applicationName, application);
        state.tags.add(applicationArn(applicationName), input.tags);
        return { applicationId: application.applicationId };
      },
    },
    // "If the application does not exist, no error is returned": its groups go with it.
    DeleteApplication: {
      resources,
      handle: ({ applicationName }: ByApplication) => {
        for (const [key, group] of state.groups)
          if (group.applicationName === applicationName) state.groups.delete(key);
        state.applications.delete(applicationName);
        return {};
      },
    },
    BatchGetApplications: {
      resources: ({ applicationNames }: { readonly applicationNames: readonly string[] }) =>
        applicationNames.map(applicationArn),
      handle: ({ applicationNames }: { readonly applicationNames: readonly string[] }) => ({
        applicationsInfo: applicationNames.map((name) => applicationInfo(requireApplication(state, name))),
      }),
    },
  };
}

function requireApplication(state: CodeDeployParts['state'], name: string): Application {
  const application = state.applications.get(name);
  if (application) return application;
  throw new AwsError('ApplicationDoesNotExistException', `No application found for name: ${name}`);
}

function deploymentGroupOperations({ world, state, deployments }: CodeDeployParts): Operations {
  const groupArn = ({ applicationName, deploymentGroupName }: ByGroup) =>
    arn(world, 'codedeploy', `deploymentgroup:${applicationName}/${deploymentGroupName}`);
  const refuseTaken = (group: ByGroup) => {
    if (!state.groups.has(groupKey(group))) return;
    const message = `Deployment group name already exists: ${group.deploymentGroupName}`;
    throw new AwsError('DeploymentGroupAlreadyExistsException', message);
  };
  return {
    CreateDeploymentGroup: {
      resources: (input: GroupInput) => [groupArn(input)],
      handle: ({ tags, ...input }: GroupInput) => {
        requireApplication(state, input.applicationName);
        refuseTaken(input);
        const group = { deploymentConfigName: DEFAULT_CONFIG, ...input, deploymentGroupId: world.ids.uuid() };
        putGroup(state, group as DeploymentGroup);
        state.tags.add(groupArn(input), tags);
        return { deploymentGroupId: group.deploymentGroupId };
      },
    },
    UpdateDeploymentGroup: updateGroup({ state, deployments }, groupArn, refuseTaken),
    DeleteDeploymentGroup: {
      resources: (input: ByGroup) => [groupArn(input)],
      handle: (input: ByGroup) => {
        state.groups.delete(groupKey(input));
        return {};
      },
    },
    BatchGetDeploymentGroups: {
      resources: (input: ByApplication & { readonly deploymentGroupNames: readonly string[] }) =>
        input.deploymentGroupNames.map((deploymentGroupName) => groupArn({ ...input, deploymentGroupName })),
      handle: ({
        applicationName,
        deploymentGroupNames,
      }: ByApplication & { deploymentGroupNames: readonly string[] }) => {
        requireApplication(state, applicationName);
        const all = [...state.deployments.values()];
        const found = deploymentGroupNames.map((name) => deployments.requireGroup(applicationName, name));
        return { deploymentGroupsInfo: found.map((group) => deploymentGroupInfo(group, all)) };
      },
    },
  };
}

function updateGroup(
  { state, deployments }: Pick<CodeDeployParts, 'state' | 'deployments'>,
  groupArn: (group: ByGroup) => string,
  refuseTaken: (group: ByGroup) => void,
): Operation<UpdateGroup> {
  return {
    resources: (input) => [groupArn({ ...input, deploymentGroupName: input.currentDeploymentGroupName })],
    handle: ({ currentDeploymentGroupName, newDeploymentGroupName, ...changes }: UpdateGroup) => {
      const before = deployments.requireGroup(changes.applicationName, currentDeploymentGroupName);
      const deploymentGroupName = newDeploymentGroupName ?? currentDeploymentGroupName;
      const changed = { ...before, ...changes, deploymentGroupName };
      if (groupKey(changed) !== groupKey(before)) refuseTaken(changed);
      putGroup(state, changed);
      if (groupKey(changed) !== groupKey(before)) state.groups.delete(groupKey(before));
      return {};
    },
  };
}

const DEFAULT_CONFIG = 'CodeDeployDefault.ECSAllAtOnce';

/** @throws AwsError DeploymentConfigDoesNotExistException, and what a group of ECS must have */
function putGroup(state: CodeDeployParts['state'], group: DeploymentGroup): void {
  if (!state.configs.has(group.deploymentConfigName)) {
    const message = `No deployment configuration found for name: ${group.deploymentConfigName}`;
    throw new AwsError('DeploymentConfigDoesNotExistException', message);
  }
  validateGroup(group);
  state.groups.set(groupKey(group), group);
}

interface CreateConfig {
  readonly deploymentConfigName: string;
  readonly computePlatform?: string;
  readonly trafficRoutingConfig?: TrafficRoutingConfig;
}

function configOperations({ world, state }: CodeDeployParts): Operations {
  const resources = ({ deploymentConfigName }: { readonly deploymentConfigName: string }) => [
    arn(world, 'codedeploy', `deploymentconfig:${deploymentConfigName}`),
  ];
  return {
    CreateDeploymentConfig: {
      resources,
      handle: ({ deploymentConfigName, computePlatform = 'Server', trafficRoutingConfig }: CreateConfig) => {
        refuseReserved(deploymentConfigName);
        if (state.configs.has(deploymentConfigName)) {
          const message = `Deployment configuration already exists: ${deploymentConfigName}`;
          throw new AwsError('DeploymentConfigAlreadyExistsException', message);
        }
        const routing = trafficRoutingConfig ?? { type: 'AllAtOnce' };
        scheduleOf(routing);
        const deploymentConfigId = world.ids.uuid();
        state.configs.set(deploymentConfigName, {
          deploymentConfigId,
          deploymentConfigName,
          computePlatform: requireEcs(computePlatform),
          createTimeMs: world.clock.now(),
          trafficRoutingConfig: routing,
        });
        return { deploymentConfigId };
      },
    },
    DeleteDeploymentConfig: {
      resources,
      handle: ({ deploymentConfigName }: { readonly deploymentConfigName: string }) => {
        refuseReserved(deploymentConfigName);
        const user = [...state.deployments.values()].find(
          (each) => each.deploymentConfigName === deploymentConfigName && !isTerminal(each.progress.status),
        );
        if (user) {
          const message = `${deploymentConfigName} is in use by ${user.deploymentId}`;
          throw new AwsError('DeploymentConfigInUseException', message);
        }
        state.configs.delete(deploymentConfigName);
        return {};
      },
    },
  };
}

function refuseReserved(name: string): void {
  if (!name.startsWith('CodeDeployDefault.')) return;
  throw new AwsError('InvalidDeploymentConfigNameException', `${name}: the prefix CodeDeployDefault. is reserved`);
}
