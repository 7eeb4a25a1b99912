import type { Clock } from './clock';
import type { Coverage } from './coverage';
import type { EventLog } from './events';
import type { Ids } from './ids';
import type { Network } from './network';
import type { RestHandler, RestRequest, RestResponse } from './rest';
import type { Parameters } from './parameters';

/** Who makes a call: a role's session, the rehearsal's own deployer, or an AWS service acting for itself. */
export interface Principal {
  /** `arn:aws:iam::<account>:role/<name>` for a role's session; policies are looked up by it. */
  readonly arn: string;
  /** What GetCallerIdentity returns: the assumed-role ARN for a session. */
  readonly callerArn: string;
  /** `internal` principals are the local AWS itself and are not evaluated. */
  readonly kind: 'role' | 'user' | 'internal';
}

/** The local AWS acting for itself, where AWS too asks no policy. */
export const INTERNAL: Principal = {
  arn: 'arn:aws:iam::aws:service',
  callerArn: 'arn:aws:iam::aws:service',
  kind: 'internal',
};

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** AWS time, milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

export interface Call {
  readonly principal: Principal;
  readonly requestId: string;
  /** Of a client that lives on the machine's clock: its present, milliseconds since the epoch. */
  readonly realMs?: number;
  /** It came over the wire, and not from a service of the local AWS. */
  readonly isOfClient?: true;
}

/** One API operation, on AWS's own input and output shapes. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each operation narrows Input to what it reads: the table of all has no one type, and unknown would need a cast in each
export interface Operation<Input = any, Output = unknown> {
  /** The IAM action when it is not `<prefix>:<operation name>`; `null` for calls that IAM never denies. */
  readonly action?: string | null;
  /** ARNs that IAM evaluates the call against, each must be allowed; `['*']` by default. */
  readonly resources?: (input: Input) => readonly string[];
  /** Condition keys of the call, e.g. `lambda:FunctionArn`. */
  readonly context?: (input: Input) => Readonly<Record<string, string>>;
  /** The resource-based policy of what the call is about, which decides together with the caller's own. */
  readonly resourcePolicy?: (input: Input) => unknown;
  /** A list whose pages are more than a cut: the operation reads and writes the tokens itself. */
  readonly ownPages?: true;
  /** A permission that AWS demands, and no operation of its API: no client can call it. */
  readonly isPermission?: true;
  /** @throws AwsError with the code that AWS documents for the operation */
  readonly handle: (input: Input, call: Call) => Output | Promise<Output>;
}

export type Operations = Readonly<Record<string, Operation>>;

/** How a service speaks on the wire; `wire/` holds one codec for each. */
export type Protocol =
  | { readonly kind: 'json'; readonly targetPrefix: string; readonly queryCompatible?: QueryCompatible }
  | { readonly kind: 'query'; readonly version: string; readonly namespace: string }
  | { readonly kind: 'rest'; readonly handle: RestHandler };

/**
 * A service that spoke the query protocol first and now speaks JSON and rpcv2Cbor too. Its operations throw the codes of the
 * query protocol. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait
 */
export interface QueryCompatible {
  readonly namespace: string;
  /** By code, the names of errors in JSON and CBOR that differ from it. */
  readonly errorShapes: Readonly<Record<string, string>>;
}

/** What CloudFormation keeps of a resource that it created. */
export interface ResourceState {
  /** What `Ref` returns and what a replacement is recognised by. */
  readonly physicalId: string;
  /** What `Fn::GetAtt` returns, by attribute name. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface ResourceRequest<Properties = Record<string, unknown>> {
  readonly stackName: string;
  readonly stackId: string;
  readonly logicalId: string;
  /** Intrinsics resolved; names and types as in the resource's CloudFormation reference. */
  readonly properties: Properties;
  /** Aborted when the stack gives the operation up. */
  readonly signal: AbortSignal;
  /** For a creation that takes its time: reports to the stack's events which physical resource it has become. */
  readonly initiated?: (physicalId: string) => void;
}

/** A CloudFormation resource type. Errors that it throws become the resource's failure reason. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each type narrows Properties to what it reads: the table of all has no one type, and unknown would need a cast in each
export interface ResourceType<Properties = any> {
  /** Which properties have behaviour. Absent for types of which only the ids matter, and for what is not AWS's. */
  readonly coverage?: Coverage;
  create(request: ResourceRequest<Properties>): Promise<ResourceState> | ResourceState;
  /** Absent: every change is a replacement. */
  update?(
    request: ResourceRequest<Properties> & { readonly current: ResourceState; readonly previous: Properties },
  ): Promise<ResourceState> | ResourceState;
  delete?(request: ResourceRequest<Properties> & { readonly current: ResourceState }): Promise<void> | void;
}

/** One service folder's export: `operations.ts` (wire), `state.ts` (model), behaviour, `resources.ts` (CloudFormation). */
export interface Service {
  /** The SigV4 service name and IAM prefix: `ecs`, `elasticloadbalancing`, `states`. */
  readonly prefix: string;
  readonly protocol: Protocol;
  readonly operations: Operations;
  readonly resourceTypes?: Readonly<Record<string, ResourceType>>;
  /**
   * Plain HTTP in addition to the AWS protocols, by path prefix (`/_rehearsal/network/`): what the rehearsal's own preloads and
   * programs ask. Not authorized: each has an unguessable secret in its path.
   */
  readonly routes?: Readonly<Record<string, (request: RestRequest) => Promise<RestResponse>>>;
  /** Ends processes, servers and timers. Must not throw when called twice. */
  stop?(): Promise<void>;
}

/** What every service is given. */
export interface World {
  readonly clock: Clock;
  readonly events: EventLog;
  readonly ids: Ids;
  readonly region: string;
  readonly accountId: string;
  /** What AWS does not document, by name, with the value in force: see `parameters.ts`. */
  readonly parameters: Parameters;
  readonly network: Network;
  /** A directory of this rehearsal's own, removed when it ends. */
  readonly directory: string;
  /** `http://127.0.0.1:<port>`, set before any service is called. */
  readonly endpoint: string;
  /** Calls another service's operation as `principal`: the same authorization as on the wire. @throws AwsError */
  call<Output = unknown>(principal: Principal, prefix: string, operation: string, input: unknown): Promise<Output>;
  /** Credentials of a role for a process; calls made with them are evaluated against the role's policies. */
  credentialsFor(roleArn: string, sessionName: string): Credentials;
  /** The principal of a role, for a service that acts with it (CodeDeploy, Step Functions, ECS). */
  principalOf(roleArn: string, sessionName: string): Principal;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function partitionOf(region: string): 'aws' | 'aws-cn' | 'aws-us-gov' {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** What the names of a region's hosts end with. */
export function urlSuffixOf(region: string): string {
  return partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** Letters, digits and hyphens of a text, in lower case. */
export function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9-]+/g, '-');
}

/** The host name of a resource without behaviour, by its physical id. */
export function hostOf({ region }: Pick<World, 'region'>, physicalId: string): string {
  return `${slug(physicalId)}.${region}.${urlSuffixOf(region)}`;
}

/** `arn:<partition>:<service>:<region>:<account>:<resource>` in the rehearsed account. */
export function arn(world: Pick<World, 'region' | 'accountId'>, service: string, resource: string): string {
  return `arn:${partitionOf(world.region)}:${service}:${world.region}:${world.accountId}:${resource}`;
}

/** An error with AWS's own code, as its clients expect it on the wire. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly statusCode = 400,
  ) {
    super(message);
    this.name = code;
  }
}
