import {
  AwsError,
  partitionOf,
  type ResourceRequest,
  type ResourceState,
  type ResourceType,
  type World,
} from '../../core/service';
import { type OneOrMany, many, parsePolicy } from './policy';
import { type Identity, IamState, type Role } from './state';

type Naming = Pick<World, 'accountId' | 'ids' | 'clock' | 'region'>;

interface RoleProperties {
  readonly RoleName?: string;
  readonly Path?: string;
  readonly Description?: string;
  readonly AssumeRolePolicyDocument: unknown;
  readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: unknown }[];
  readonly ManagedPolicyArns?: OneOrMany<string>;
  readonly MaxSessionDuration?: number | string;
}

interface PolicyProperties {
  readonly PolicyName?: string;
  readonly ManagedPolicyName?: string;
  readonly Path?: string;
  readonly PolicyDocument: unknown;
  readonly Roles?: readonly string[];
  readonly Users?: readonly string[];
}

/** CloudFormation's name for a resource that the template does not name: `<stack>-<logical id>-<12 characters>`. */
function nameOf(
  world: Naming,
  request: Pick<ResourceRequest, 'stackName' | 'logicalId'>,
  given: string | undefined,
): string {
  if (given) return given;
  const suffix = world.ids.token(12, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789');
  // IAM names have 64 characters at most; CloudFormation shortens both parts to make room for its suffix.
  return `${request.stackName.slice(0, 24)}-${request.logicalId.slice(0, 24)}-${suffix}`;
}

export function createRole(world: Naming, state: IamState, name: string, properties: RoleProperties): Role {
  if (state.roles.has(name)) throw new AwsError('EntityAlreadyExists', `Role with name ${name} already exists.`, 409);
  const path = properties.Path ?? '/';
  const role: Role = {
    arn: `arn:${partitionOf(world.region)}:iam::${world.accountId}:role${path}${name}`,
    name,
    id: `AROA${world.ids.upper(17)}`,
    path,
    createdAtMs: world.clock.now(),
    description: properties.Description,
    inline: new Map(),
    attached: new Set(),
    trust: { Statement: [] },
    maxSessionDuration: 3600,
  };
  applyRole(state, role, properties);
  state.roles.set(name, role);
  return role;
}

/** All policies are read before any is changed, so that a bad one leaves the role as it was. */
function applyRole(state: IamState, role: Role, properties: RoleProperties): void {
  const trust = parsePolicy(properties.AssumeRolePolicyDocument);
  const inline = (properties.Policies ?? []).map(
    (policy) => [policy.PolicyName, parsePolicy(policy.PolicyDocument)] as const,
  );
  const attached = many(properties.ManagedPolicyArns);
  for (const policyArn of attached) state.managedPolicy(policyArn);
  role.trust = trust;
  role.maxSessionDuration = Number(properties.MaxSessionDuration ?? 3600);
  for (const [name, document] of inline) role.inline.set(name, document);
  for (const policyArn of attached) role.attached.add(policyArn);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html */
function roleType(world: Naming, state: IamState): ResourceType<RoleProperties> {
  const described = (role: Role): ResourceState => ({
    physicalId: role.name,
    attributes: { Arn: role.arn, RoleId: role.id },
  });
  return {
    create: (request) =>
      described(createRole(world, state, nameOf(world, request, request.properties.RoleName), request.properties)),
    update: ({ current, properties, previous }) => {
      const role = existing(state.roles.get(current.physicalId), current.physicalId);
      applyRole(state, role, properties);
      const names = new Set((properties.Policies ?? []).map((policy) => policy.PolicyName));
      for (const { PolicyName } of previous.Policies ?? []) if (!names.has(PolicyName)) role.inline.delete(PolicyName);
      const attached = many(properties.ManagedPolicyArns);
      for (const policyArn of many(previous.ManagedPolicyArns))
        if (!attached.includes(policyArn)) role.attached.delete(policyArn);
      return described(role);
    },
    delete: ({ current }) => state.deleteRole(current.physicalId),
  };
}

function existing<T>(found: T | undefined, name: string): T {
  if (!found) throw new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
  return found;
}

function holders(state: IamState, properties: PolicyProperties): Identity[] {
  return [
    ...(properties.Roles ?? []).map((name) => existing(state.roles.get(name), name)),
    ...(properties.Users ?? []).map((name) => existing(state.users.get(name), name)),
  ];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html */
function policyType(world: Naming, state: IamState): ResourceType<PolicyProperties> {
  const put = (name: string, properties: PolicyProperties) => {
    const document = parsePolicy(properties.PolicyDocument);
    for (const identity of holders(state, properties)) identity.inline.set(name, document);
  };
  const remove = (name: string, properties: PolicyProperties) => {
    for (const role of properties.Roles ?? []) state.roles.get(role)?.inline.delete(name);
    for (const user of properties.Users ?? []) state.users.get(user)?.inline.delete(name);
  };
  return {
    create: (request) => {
      const name = request.properties.PolicyName ?? request.logicalId;
      put(name, request.properties);
      const suffix = world.ids.token(4, 'abcdefghijklmnopqrstuvwxyz');
      return { physicalId: `${request.stackName.slice(0, 5)}-${name.slice(0, 5)}-${suffix}`, attributes: {} };
    },
    update: ({ logicalId, current, properties, previous }) => {
      const name = properties.PolicyName ?? logicalId;
      holders(state, properties);
      remove(previous.PolicyName ?? logicalId, previous);
      put(name, properties);
      return current;
    },
    delete: ({ logicalId, properties }) => remove(properties.PolicyName ?? logicalId, properties),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html */
function managedPolicyType(world: Naming, state: IamState): ResourceType<PolicyProperties> {
  const detach = (arn: string, properties: PolicyProperties) => {
    for (const identity of [...state.roles.values(), ...state.users.values()]) {
      if (holdersNamed(properties).includes(identity.name)) identity.attached.delete(arn);
    }
  };
  return {
    create: (request) => {
      const { properties } = request;
      const name = nameOf(world, request, properties.ManagedPolicyName);
      const arn = `arn:${partitionOf(world.region)}:iam::${world.accountId}:policy${properties.Path ?? '/'}${name}`;
      const document = parsePolicy(properties.PolicyDocument);
      const identities = holders(state, properties);
      state.policies.set(arn, { arn, name, document });
      for (const identity of identities) identity.attached.add(arn);
      return { physicalId: arn, attributes: { PolicyArn: arn } };
    },
    update: ({ current, properties, previous }) => {
      const policy = existing(state.policies.get(current.physicalId), current.physicalId);
      const identities = holders(state, properties);
      policy.document = parsePolicy(properties.PolicyDocument);
      detach(policy.arn, previous);
      for (const identity of identities) identity.attached.add(policy.arn);
      return current;
    },
    delete: ({ current, properties }) => {
      detach(current.physicalId, properties);
      state.policies.delete(current.physicalId);
    },
  };
}

const holdersNamed = (properties: PolicyProperties) => [...(properties.Roles ?? []), ...(properties.Users ?? [])];

function instanceProfileType(
  world: Naming,
  state: IamState,
): ResourceType<{ InstanceProfileName?: string; Path?: string; Roles: readonly string[] }> {
  return {
    create: (request) => {
      const name = nameOf(world, request, request.properties.InstanceProfileName);
      const arn = `arn:${partitionOf(world.region)}:iam::${world.accountId}:instance-profile${request.properties.Path ?? '/'}${name}`;
      state.instanceProfiles.set(name, { arn, roles: request.properties.Roles });
      return { physicalId: name, attributes: { Arn: arn } };
    },
    update: ({ current, properties }) => {
      const arn = String(current.attributes['Arn']);
      state.instanceProfiles.set(current.physicalId, { arn, roles: properties.Roles });
      return current;
    },
    delete: ({ current }) => void state.instanceProfiles.delete(current.physicalId),
  };
}

export function iamResourceTypes(world: Naming, state: IamState): Readonly<Record<string, ResourceType>> {
  return {
    'AWS::IAM::Role': roleType(world, state),
    'AWS::IAM::Policy': policyType(world, state),
    'AWS::IAM::ManagedPolicy': managedPolicyType(world, state),
    'AWS::IAM::InstanceProfile': instanceProfileType(world, state),
  };
}
