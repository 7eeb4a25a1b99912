import type { Clock } from './clock';
import type { EventLog } from './events';
import type { Access, AccessControl } from './access';
import type { Ids } from './ids';
import type { Values } from './models/input';
import type { Network } from './network';
import { OperationRunner } from './models/runner';
import type { Parameters } from './parameters';
import {
  AwsError,
  type Call,
  type Credentials,
  type Operation,
  type Principal,
  type Service,
  type World,
} from './service';

export type WorldOptions = Omit<World, 'endpoint' | 'call' | 'credentialsFor' | 'principalOf'>;

/** The rehearsed world. Calls from the wire and calls between services take the same way: look up, authorize, handle. */
export class LocalWorld implements World {
  readonly clock: Clock;
  readonly events: EventLog;
  readonly ids: Ids;
  readonly region: string;
  readonly accountId: string;
  readonly parameters: Parameters;
  readonly network: Network;
  readonly directory: string;
  /** Set by the endpoint, which starts before any service is called. */
  endpoint = '';
  private readonly registered = new Map<string, Service>();
  private readonly runner: OperationRunner;
  private authority?: AccessControl;

  constructor(options: WorldOptions) {
    this.clock = options.clock;
    this.events = options.events;
    this.ids = options.ids;
    this.region = options.region;
    this.accountId = options.accountId;
    this.parameters = options.parameters;
    this.network = options.network;
    this.directory = options.directory;
    this.runner = new OperationRunner(options.ids);
  }

  useAuthority(authority: AccessControl): void {
    this.authority = authority;
  }

  register<S extends Service>(service: S): S {
    this.registered.set(service.prefix, service);
    return service;
  }

  services(): readonly Service[] {
    return [...this.registered.values()];
  }

  service(prefix: string): Service | undefined {
    return this.registered.get(prefix);
  }

  async call<Output = unknown>(
    principal: Principal,
    prefix: string,
    operation: string,
    input: unknown,
  ): Promise<Output> {
    const call: Call = { principal, requestId: this.ids.uuid() };
    const values = this.registered.get(prefix)?.protocol.kind === 'query' ? 'text' : 'json';
    return (await this.perform(prefix, operation, input, call, values)) as Output;
  }

  /**
   * @param values what the protocol can carry
   * @throws AwsError UnknownOperationException, a refusal of the input or an access denial in the service's own code, or the
   * operation's own
   */
  async perform(prefix: string, name: string, input: unknown, call: Call, values: Values = 'json'): Promise<unknown> {
    const service = this.registered.get(prefix);
    const operation = service && Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
    const isHidden = operation?.isPermission && call.isOfClient;
    if (!service || !operation || isHidden) throw this.unknown(prefix, name, call.principal);
    const authorize = (checked: unknown) => this.authorizeCall(service, { name, operation, input: checked }, call);
    const onUnknown = (members: readonly string[]) => this.recordUnknown(prefix, name, members);
    return this.runner.run({ prefix, name, operation, input, call, values }, { authorize, onUnknown });
  }

  /** AWS ignores members that it does not know; who reads the events sees the misspelt one. */
  private recordUnknown(service: string, operation: string, members: readonly string[]): void {
    const detail = `${service}:${operation} has no ${members.join(', ')}: ignored, as AWS does`;
    this.events.record('aws', 'unknown-member', detail, { service, operation, members });
  }

  private authorizeCall(
    service: Service,
    { name, operation, input }: { readonly name: string; readonly operation: Operation; readonly input: unknown },
    { principal }: Call,
  ): void {
    const action = operation.action === undefined ? `${service.prefix}:${name}` : operation.action;
    if (action === null) return;
    const context = operation.context?.(input);
    const resourcePolicy = operation.resourcePolicy?.(input);
    for (const resource of operation.resources?.(input) ?? ['*']) {
      this.authorize(service, { principal, action, resource, context, region: this.region, resourcePolicy });
    }
  }

  credentialsFor(roleArn: string, sessionName: string): Credentials {
    return this.authorityInForce().credentialsFor(roleArn, sessionName);
  }

  principalOf(roleArn: string, sessionName: string): Principal {
    return this.authorityInForce().principalOf(roleArn, sessionName);
  }

  private authorize(service: Service, access: Access): void {
    try {
      this.authorityInForce().authorize(access);
    } catch (error) {
      throw error instanceof AwsError ? asErrorOf(service, error) : error;
    }
  }

  private authorityInForce(): AccessControl {
    if (!this.authority) throw new Error('the world has no IAM yet');
    return this.authority;
  }

  private unknown(prefix: string, name: string, principal: Principal): AwsError {
    const known = this.registered.has(prefix);
    const what = known ? `the operation ${name} of ${prefix}` : `the service ${prefix} (operation ${name})`;
    const message = `The rehearsal does not know ${what}.`;
    this.events.record('aws', 'unknown-operation', message, {
      service: prefix,
      operation: name,
      principal: principal.arn,
    });
    return new AwsError('UnknownOperationException', message);
  }
}

/** Services that speak XML name a denial `AccessDenied`, EC2 `UnauthorizedOperation`; the others `AccessDeniedException`. */
function asErrorOf(service: Service, error: AwsError): AwsError {
  if (error.code !== 'AccessDeniedException') return error;
  if (service.prefix === 'ec2') {
    return new AwsError(
      'UnauthorizedOperation',
      `You are not authorized to perform this operation. ${error.message}`,
      403,
    );
  }
  const isXml = service.protocol.kind === 'query' || service.prefix === 's3';
  return isXml ? new AwsError('AccessDenied', error.message, 403) : error;
}
