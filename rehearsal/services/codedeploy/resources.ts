import { generatedName } from '../../core/ids';
import { AwsError, type ResourceRequest, type ResourceType } from '../../core/service';
import { scheduleOf, type TrafficRoutingConfig } from './configurations';
import { requireEcs, validateGroup } from './groups/rules';
import { isTerminal } from './lifecycle';
import type { CodeDeployParts } from './deployments';
import { type DeploymentGroup, groupKey } from './state';

type Properties = Readonly<Record<string, unknown>>;
type Request = ResourceRequest<Properties>;

export function resourceTypes(parts: CodeDeployParts): Readonly<Record<string, ResourceType>> {
  return {
    'AWS::CodeDeploy::Application': applicationType(parts),
    'AWS::CodeDeploy::DeploymentGroup': deploymentGroupType(parts),
    'AWS::CodeDeploy::DeploymentConfig': deploymentConfigType(parts),
  };
}

function applicationType({ world, state }: CodeDeployParts): ResourceType<Properties> {
  return {
    create: (request) => {
      const applicationName = nameOf(request, 'ApplicationName', world.ids.upper(12));
      if (state.applications.has(applicationName))
        throw new AwsError('ApplicationAlreadyExistsException', `Application already exists: ${applicationName}`);
      state.applications.set(applicationName, {
        applicationId: world.ids.uuid(),
        applicationName,
        computePlatform: requireEcs(request.properties.ComputePlatform),
        createTimeMs: world.clock.now(),
        revisions: new Map(),
      });
      return { physicalId: applicationName, attributes: {} };
    },
    update: (request) => request.current,
    delete: (request) => void state.applications.delete(request.current.physicalId),
  };
}

function deploymentGroupType({ world, state }: CodeDeployParts): ResourceType<Properties> {
  const save = (properties: Properties, deploymentGroupName: string, deploymentGroupId: string) => {
    const group = { ...(toApiShape(properties) as object), deploymentGroupName, deploymentGroupId } as DeploymentGroup;
    validateGroup(group);
    state.groups.set(groupKey(group), group);
    return { physicalId: deploymentGroupName, attributes: {} };
  };
  const known = (properties: Properties, deploymentGroupName: string) =>
    groupKey({ applicationName: String(properties.ApplicationName), deploymentGroupName });
  return {
    create: (request) => {
      const name = nameOf(request, 'DeploymentGroupName', world.ids.upper(12));
      if (state.groups.has(known(request.properties, name)))
        throw new AwsError('DeploymentGroupAlreadyExistsException', `Deployment group name already exists: ${name}`);
      return save(request.properties, name, world.ids.uuid());
    },
    update: (request) => {
      const name = request.current.physicalId;
      const id = state.groups.get(known(request.properties, name))?.deploymentGroupId;
      return save(request.properties, name, id ?? world.ids.uuid());
    },
    delete: (request) => void state.groups.delete(known(request.properties, request.current.physicalId)),
  };
}

function deploymentConfigType({ world, state }: CodeDeployParts): ResourceType<Properties> {
  return {
    create: (request) => {
      const name = nameOf(request, 'DeploymentConfigName', world.ids.upper(12));
      if (name.startsWith('CodeDeployDefault.'))
        throw new AwsError(
          'InvalidDeploymentConfigNameException',
          `${name}: the prefix CodeDeployDefault. is reserved`,
        );
      if (state.configs.has(name))
        throw new AwsError(
          'DeploymentConfigAlreadyExistsException',
          `Deployment configuration already exists: ${name}`,
        );
      const routing = (toApiShape(request.properties.TrafficRoutingConfig) ?? {
        type: 'AllAtOnce',
      }) as TrafficRoutingConfig;
      scheduleOf(routing);
      state.configs.set(name, {
        deploymentConfigId: world.ids.uuid(),
        deploymentConfigName: name,
        computePlatform: requireEcs(request.properties.ComputePlatform),
        createTimeMs: world.clock.now(),
        trafficRoutingConfig: routing,
      });
      return { physicalId: name, attributes: {} };
    },
    update: (request) => request.current,
    delete: ({ current: { physicalId } }) => {
      const user = [...state.deployments.values()].find(
        (deployment) => deployment.deploymentConfigName === physicalId && !isTerminal(deployment.progress.status),
      );
      if (user) throw new AwsError('DeploymentConfigInUseException', `${physicalId} is in use by ${user.deploymentId}`);
      state.configs.delete(physicalId);
    },
  };
}

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html */
const NAME_LENGTH_MAX = 100;

function nameOf(request: Request, property: string, suffix: string): string {
  return (request.properties[property] as string | undefined) ?? generatedName(request, suffix, NAME_LENGTH_MAX);
}

const NUMBERS = /(minutes|percentage|interval)$/i;

/** CloudFormation's names and texts as the API has them: `ECSServices` is `ecsServices`, `"5"` minutes are 5. */
function toApiShape(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => toApiShape(item, key));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [lowerFirst(name), toApiShape(item, name)]));
  if (value === 'true' || value === 'false') return value === 'true';
  return typeof value === 'string' && NUMBERS.test(key) ? Number(value) : value;
}

function lowerFirst(name: string): string {
  return name === 'ECSServices' ? 'ecsServices' : name.charAt(0).toLowerCase() + name.slice(1);
}
