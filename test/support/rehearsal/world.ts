import { VirtualClock, type Clock } from '../../../rehearsal/core/clock';
import { EventLog } from '../../../rehearsal/core/events';
import { Ids } from '../../../rehearsal/core/ids';
import { OperationRunner } from '../../../rehearsal/core/models/runner';
import { Network } from '../../../rehearsal/core/network';
import { defaultParameters, type Parameters } from '../../../rehearsal/core/parameters';
import {
  AwsError,
  type Call,
  INTERNAL,
  type Principal,
  type Service,
  type World,
} from '../../../rehearsal/core/service';
import { temporaryDirectory } from '../temporary';

type TestService = Pick<Service, 'prefix' | 'operations'> & Partial<Pick<Service, 'protocol'>>;

export interface TestWorld extends World {
  readonly clock: VirtualClock;
  /** Makes a service's operations callable through `world.call`. Nothing is authorized. */
  add(service: TestService): void;
}

/** A world for unit tests of one service: virtual time, the services that the test adds, no authorization, no wire. */
export function testWorld(options: { parameters?: Partial<Parameters> } = {}): TestWorld {
  return worldOn(new VirtualClock(), options);
}

/** The same on any clock, for tests that run real processes. */
export function worldOn<C extends Clock>(
  clock: C,
  options: { parameters?: Partial<Parameters> } = {},
): World & { readonly clock: C; add(service: TestService): void } {
  const services = new Map<string, TestService>();
  const ids = new Ids(1);
  const runner = new OperationRunner(ids);
  const principalOf = (roleArn: string, session: string): Principal => ({
    arn: roleArn,
    callerArn: `${roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${session}`,
    kind: 'role',
  });
  let directory: string | undefined;
  return {
    clock,
    events: new EventLog(clock),
    ids,
    network: new Network(),
    region: 'us-east-1',
    accountId: '111111111111',
    parameters: { ...defaultParameters, ...options.parameters },
    // Made for those who need one: thousands of worlds do not.
    get directory() {
      return (directory ??= temporaryDirectory('test'));
    },
    endpoint: 'http://127.0.0.1:1',
    principalOf,
    credentialsFor: (roleArn) => ({
      accessKeyId: `ASIA${roleArn.slice(-12)}`,
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiresAtMs: clock.now() + 3_600_000,
    }),
    async call<Output>(principal: Principal, prefix: string, name: string, input: unknown): Promise<Output> {
      const service = services.get(prefix);
      const operation = service?.operations[name];
      if (!service || !operation) throw new AwsError('InvalidAction', `${prefix}:${name} is not part of this test`);
      const call: Call = { principal: principal ?? INTERNAL, requestId: 'test' };
      const values = service.protocol?.kind === 'query' ? 'text' : 'json';
      return (await runner.run({ prefix, name, operation, input, call, values })) as Output;
    },
    add: (service) => void services.set(service.prefix, service),
  };
}
