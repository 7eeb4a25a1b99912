/** What of a stack cannot be deployed in a rehearsal: known from the assembly, before anything is deployed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { customResourceProblem } from '../../services/lambda/runtimes';

interface Artifact {
  readonly type?: string;
  readonly displayName?: string;
  readonly dependencies?: readonly string[];
  readonly properties?: {
    readonly templateFile?: string;
    readonly directoryName?: string;
    readonly assumeRoleArn?: string;
  };
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** @returns why a custom resource's function of this runtime cannot run on this machine */
type RuntimeProblem = (runtime: string) => string | undefined;

/** @returns one text for each problem of the stack and of those that it depends on, with the remedy */
export function stackProblems(
  directory: string,
  stackId: string,
  runtimeProblem: RuntimeProblem = customResourceProblem,
): string[] {
  const file = join(directory, 'manifest.json');
  if (!existsSync(file)) return [];
  const { artifacts = {} } = JSON.parse(readFileSync(file, 'utf8')) as { artifacts?: Record<string, Artifact> };
  const stages = Object.values(artifacts).flatMap(({ properties }) => properties?.directoryName ?? []);
  const id = Object.keys(artifacts).find((key) => isStack(artifacts[key]) && nameOf(artifacts, key) === stackId);
  const own =
    id === undefined
      ? []
      : withDependencies(artifacts, id).flatMap((key) => problemsOf(directory, artifacts, key, runtimeProblem));
  return [...own, ...stages.flatMap((name) => stackProblems(join(directory, name), stackId, runtimeProblem))];
}

const isStack = (artifact: Artifact | undefined) => artifact?.type === 'aws:cloudformation:stack';
const nameOf = (artifacts: Readonly<Record<string, Artifact>>, id: string) => artifacts[id]?.displayName ?? id;

function withDependencies(artifacts: Readonly<Record<string, Artifact>>, start: string): string[] {
  const found = new Set([start]);
  for (const id of found) {
    for (const dependency of artifacts[id]?.dependencies ?? [])
      if (isStack(artifacts[dependency])) found.add(dependency);
  }
  return [...found];
}

function problemsOf(
  directory: string,
  artifacts: Readonly<Record<string, Artifact>>,
  id: string,
  runtimeProblem: RuntimeProblem,
): string[] {
  const stack = nameOf(artifacts, id);
  const { templateFile, assumeRoleArn } = artifacts[id]?.properties ?? {};
  const role = assumeRoleArn === undefined ? [withoutRole(stack)] : [];
  const file = join(directory, templateFile ?? '');
  if (templateFile === undefined || !existsSync(file)) return role;
  const { Resources = {} } = JSON.parse(readFileSync(file, 'utf8')) as { Resources?: Record<string, Resource> };
  return [...role, ...functionProblems(stack, Resources, runtimeProblem)];
}

/** https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-custom-synth.html */
function withoutRole(stack: string): string {
  return (
    `stack ${stack} is deployed with the caller's own credentials, as LegacyStackSynthesizer and ` +
    'CliCredentialsStackSynthesizer do, and the deployer of a rehearsal may do nothing but assume the roles of cdk bootstrap. ' +
    'Remedy: synthesizer: new DefaultStackSynthesizer(), which is the default of new apps, in rehearsals'
  );
}

const NODE = 'nodejs22.x';

/** Custom resources whose function cannot run here: their stack could never come up. */
function functionProblems(
  stack: string,
  resources: Readonly<Record<string, Resource>>,
  runtimeProblem: RuntimeProblem,
): string[] {
  const runtimes = new Map(
    Object.entries(resources)
      .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
      .map(([id, { Properties = {} }]) => [id, runtimeOf(Properties)]),
  );
  return Object.entries(resources).flatMap(([id, { Type, Properties = {}, Metadata = {} }]) => {
    const handlers = handlersOf(Properties['ServiceToken'], resources);
    const [problem] = handlers.flatMap((handler) => runtimeProblem(runtimes.get(handler) ?? NODE) ?? []);
    if (problem === undefined) return [];
    const path = (textOf(Metadata['aws:cdk:path']) ?? `${stack}/${id}`).replace(/\/Default$/, '');
    return [
      `${path} (${Type}) is made by a function that ${problem}${problem.includes('Remedy: ') ? '; or ' : '. Remedy: '}` +
        "leave it out in rehearsals, with `context: { rehearsal: true }` in the rehearsal file and `if (!this.node.tryGetContext('rehearsal'))` " +
        'around it',
    ];
  });
}

/**
 * A runtime that only the deployment works out is not judged here. The CDK finds that of its own functions in a mapping of
 * Regions: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda.html (determineLatestNodeRuntime)
 */
function runtimeOf({ PackageType, Runtime }: Readonly<Record<string, unknown>>): string | undefined {
  return PackageType === 'Image' ? 'a container image' : textOf(Runtime);
}

/** Logical ids of the function that a service token names, and of those that the CDK's Provider calls in turn. */
function handlersOf(token: unknown, resources: Readonly<Record<string, Resource>>): string[] {
  const own = referenced(token);
  if (own === undefined) return [];
  const { Variables = {} } = (resources[own]?.Properties?.['Environment'] ?? {}) as {
    Variables?: Record<string, unknown>;
  };
  const called = Object.entries(Variables).filter(([name]) => /^USER_\w+_FUNCTION_ARN$/.test(name));
  return [own, ...called.flatMap(([, value]) => referenced(value) ?? [])];
}

const referenced = (value: unknown) =>
  (value as { readonly 'Fn::GetAtt'?: readonly string[] } | undefined)?.['Fn::GetAtt']?.[0];

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
