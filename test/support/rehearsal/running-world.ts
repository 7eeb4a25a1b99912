import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '../../../rehearsal/core/clock';
import { LocalWorld } from '../../../rehearsal/core/dispatch';
import { startEndpoint } from '../../../rehearsal/core/endpoint';
import { EventLog } from '../../../rehearsal/core/events';
import { createIam, type IamService } from '../../../rehearsal/services/iam';
import { Ids } from '../../../rehearsal/core/ids';
import { Network } from '../../../rehearsal/core/network';
import { defaultParameters } from '../../../rehearsal/core/parameters';
import type { Credentials, Service } from '../../../rehearsal/core/service';

export interface RunningWorld {
  readonly world: LocalWorld;
  readonly iam: IamService;
  readonly clock: VirtualClock;
  /** What an SDK client needs to call it with these keys. */
  client(keys: Credentials): {
    endpoint: string;
    region: string;
    maxAttempts: number;
    credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  };
  /** Keys of a new role whose only policy has these statements. */
  role(name: string, ...statements: object[]): Credentials;
  stop(): Promise<void>;
}

/** A world with IAM and an endpoint on virtual time; services are made once the endpoint listens. */
export async function runningWorld(
  services: (world: LocalWorld, iam: IamService) => readonly Service[],
): Promise<RunningWorld> {
  const clock = new VirtualClock();
  const world = new LocalWorld({
    clock,
    events: new EventLog(clock),
    ids: new Ids(7),
    network: new Network(),
    region: 'us-east-1',
    accountId: '111111111111',
    parameters: defaultParameters,
    directory: mkdtempSync(join(tmpdir(), 'greenlight-core-')),
  });
  const iam = world.register(createIam(world));
  world.useAuthority(iam.authority);
  const endpoint = await startEndpoint(world, iam.authority);
  for (const service of services(world, iam)) world.register(service);
  return {
    world,
    iam,
    clock,
    client: ({ accessKeyId, secretAccessKey, sessionToken }) => ({
      endpoint: endpoint.url,
      region: 'us-east-1',
      maxAttempts: 1,
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
    }),
    role: (name, ...statements) => {
      const trust = {
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
      };
      const arn = iam.addRole({ name, trust, inline: { own: { Statement: statements } } });
      return world.credentialsFor(arn, 'session');
    },
    stop: async () => {
      await endpoint.close();
      rmSync(world.directory, { recursive: true });
    },
  };
}
