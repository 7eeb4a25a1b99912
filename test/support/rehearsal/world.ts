import { VirtualClock, type Clock } from '../../../rehearsal/core/clock';
import { EventLog } from '../../../rehearsal/core/events';
import { Ids } from '../../../rehearsal/core/ids';
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

export interface TestWorld extends World {
  readonly clock: VirtualClock;
  /** Makes a service's operations callable through `world.call`. Nothing is authorized. */
  add(service: Pick<Service, 'prefix' | 'operations'>): void;
}

/** A world for unit tests of one service: virtual time, the services that the test adds, no authorization, no wire. */
export function testWorld(options: { parameters?: Partial<Parameters> } = {}): TestWorld {
  return worldOn(new VirtualClock(), options);
}

/** The same on any clock, for tests that run real processes. */
export function worldOn<C extends Clock>(
  clock: C,
  options: { parameters?: Partial<Parameters> } = {},
): World & { readonly clock: C; add(service: Pick<Service, 'prefix' | 'operations'>): void } {
  const services = new Map<string, Pick<Service, 'prefix' | 'operations'>>();
  const principalOf = (roleArn: string, session: string): Principal => ({
    arn: roleArn,
    callerArn: `${roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${session}`,
    kind: 'role',
  });
  return {
    clock,
    events: new EventLog(clock),
    ids: new Ids(1),
    network: new Network(),
    region: 'us-east-1',
    accountId: '111111111111',
    parameters: { ...defaultParameters, ...options.parameters },
    directory: temporaryDirectory('test'),
    endpoint: 'http://127.0.0.1:1',
    principalOf,
    credentialsFor: (roleArn) => ({
      accessKeyId: `ASIA${roleArn.slice(-12)}`,
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiresAtMs: clock.now() + 3_600_000,
    }),
    async call<Output>(principal: Principal, prefix: string, name: string, input: unknown): Promise<Output> {
      const operation = services.get(prefix)?.operations[name];
      if (!operation) throw new AwsError('InvalidAction', `${prefix}:${name} is not part of this test`);
      const call: Call = { principal: principal ?? INTERNAL, requestId: 'test' };
      return (await operation.handle(input, call)) as Output;
    },
    add: (service) => void services.set(service.prefix, service),
  };
}
