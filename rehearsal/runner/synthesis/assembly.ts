import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '../../../common/document';
import { PlanError } from '../plan/plan';

/** One stack of a synthesized app. */
export interface AssemblyStack {
  /** What `cdk deploy` calls it: the path of its construct, `Prod/Shop` for a stack of a stage. */
  readonly id: string;
  /** What CloudFormation calls it: `Prod-Shop`. */
  readonly stackName: string;
  /** Absent when the stack takes the account of its deployer. */
  readonly account?: string;
  /** Absent likewise. */
  readonly region?: string;
}

/** What the CDK app wrote: a folder that `cdk deploy --app` takes. */
export interface Assembly {
  readonly directory: string;
  readonly stacks: readonly AssemblyStack[];
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly displayName?: string;
  readonly properties?: { readonly stackName?: string; readonly directoryName?: string };
}

/**
 * Reads the manifest of a cloud assembly and of those of its stages.
 * https://docs.aws.amazon.com/cdk/v2/guide/deploy.html#deploy-how-synth-assembly
 */
export function readAssembly(directory: string): Assembly {
  return { directory, stacks: stacksIn(directory) };
}

function stacksIn(directory: string): AssemblyStack[] {
  const file = join(directory, 'manifest.json');
  if (!existsSync(file)) return [];
  const { artifacts = {} } = JSON.parse(readFileSync(file, 'utf8')) as { artifacts?: Record<string, Artifact> };
  return Object.entries(artifacts).flatMap(([artifactId, { type, displayName, environment, properties = {} }]) => {
    if (type === 'cdk:cloud-assembly' && properties.directoryName) {
      return stacksIn(join(directory, properties.directoryName));
    }
    if (type !== 'aws:cloudformation:stack') return [];
    const id = displayName ?? artifactId;
    return [{ id, stackName: properties.stackName ?? artifactId, ...environmentOf(environment) }];
  });
}

/** `aws://111111111111/us-east-1`, with `unknown-account` and `unknown-region` where the app leaves them open. */
function environmentOf(environment: string | undefined): Pick<AssemblyStack, 'account' | 'region'> {
  const [, account, region] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(environment ?? '') ?? [];
  return {
    ...(account && account !== 'unknown-account' && { account }),
    ...(region && region !== 'unknown-region' && { region }),
  };
}

/**
 * The stack that the rehearsal file means: by the path of its construct or by its name; without either the only one.
 * @throws PlanError that lists the stacks there are
 */
export function resolveStack({ stacks }: Assembly, wanted: string | undefined): AssemblyStack {
  const list = stacks.map(({ id, stackName }) => (id === stackName ? id : `${id} (${stackName})`)).join(', ');
  if (stacks.length === 0) throw new PlanError(['the CDK app has no stack: nothing can be deployed']);
  if (wanted === undefined) {
    if (stacks.length === 1) return stacks[0] as AssemblyStack;
    throw new PlanError([`the CDK app has ${stacks.length} stacks: set stack in the rehearsal file to one of ${list}`]);
  }
  const byId = stacks.find(({ id }) => id === wanted);
  const byName = stacks.filter(({ stackName }) => stackName === wanted);
  if (byId) return byId;
  if (byName.length === 1) return byName[0] as AssemblyStack;
  if (byName.length > 1) {
    const ids = byName.map(({ id }) => id).join(', ');
    throw new PlanError([`stack "${wanted}": several stacks have this name; set stack to one of ${ids}`]);
  }
  const near = nearest(
    wanted,
    stacks.flatMap(({ id, stackName }) => [id, stackName]),
  );
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  throw new PlanError([
    `the CDK app has no stack "${wanted}": set stack in the rehearsal file to one that it has: ${list}.${hint}`,
  ]);
}
