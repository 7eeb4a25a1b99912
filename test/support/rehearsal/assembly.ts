import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { CloudAssembly, CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import type { LocalAws } from '../../../rehearsal/local-aws';
import { INTERNAL } from '../../../rehearsal/core/service';
import { zipOf } from './zip';

interface Manifest {
  readonly files?: Readonly<Record<string, FileAsset>>;
  readonly dockerImages?: Readonly<Record<string, ImageAsset>>;
}

interface FileAsset {
  readonly source: { readonly path: string; readonly packaging?: string };
  readonly destinations: Readonly<Record<string, { readonly bucketName: string; readonly objectKey: string }>>;
}

interface ImageAsset {
  readonly source: { readonly directory: string; readonly dockerFile?: string };
  readonly destinations: Readonly<Record<string, { readonly repositoryName: string; readonly imageTag: string }>>;
}

interface StackEvent {
  readonly LogicalResourceId: string;
  readonly ResourceStatus: string;
  readonly ResourceStatusReason?: string;
}

const IS_OVER = /_(COMPLETE|FAILED)$/;
const IS_CLEANING_UP = /_CLEANUP_IN_PROGRESS$/;

/** Puts cloud assemblies on the local AWS through its API only, where the CDK CLI adds nothing to what is tested. */
export class Deployer {
  constructor(private readonly aws: LocalAws) {}

  /** Creates or updates every stack, each after those that it depends on. @throws Error with the events of a failure */
  async deploy(assembly: CloudAssembly): Promise<void> {
    for (const stack of stacksOf(assembly)) await this.deployStack(stack);
  }

  /** Deletes them in the reverse order. @throws Error with the events of a failure */
  async destroy(assembly: CloudAssembly): Promise<void> {
    for (const { stackName } of stacksOf(assembly).reverse()) {
      const { Stacks } = await this.call<{ Stacks: { StackId: string }[] }>('DescribeStacks', { StackName: stackName });
      await this.call('DeleteStack', { StackName: stackName });
      await this.settled(stackName, Stacks[0]?.StackId ?? '', /^DELETE_COMPLETE$/);
    }
  }

  private async deployStack(stack: CloudFormationStackArtifact): Promise<void> {
    await publish(this.aws, stack);
    const exists = (await this.statusOf(stack.stackName)) !== 'DELETE_COMPLETE';
    const url = resolved(this.aws, stack.stackTemplateAssetObjectUrl ?? '');
    const { StackId } = await this.call<{ StackId: string }>(exists ? 'UpdateStack' : 'CreateStack', {
      StackName: stack.stackName,
      TemplateURL: url.replace('s3://', `https://s3.${this.aws.world.region}.amazonaws.com/`),
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
    }).catch((error: Error) => {
      if (error.message.includes('No updates are to be performed')) return { StackId: '' };
      throw error;
    });
    if (StackId !== '') await this.settled(stack.stackName, StackId, /^(CREATE|UPDATE)_COMPLETE$/);
  }

  private async settled(StackName: string, id: string, expected: RegExp): Promise<void> {
    let status = await this.statusOf(StackName);
    while (!IS_OVER.test(status) || IS_CLEANING_UP.test(status)) {
      await this.aws.clock.sleep(1_000);
      status = await this.statusOf(StackName);
    }
    if (expected.test(status)) return;
    const { StackEvents } = await this.call<{ StackEvents: StackEvent[] }>('DescribeStackEvents', { StackName: id });
    const failures = StackEvents.filter(({ ResourceStatus }) => ResourceStatus.endsWith('FAILED')).reverse();
    const lines = failures.map((each) => `${each.LogicalResourceId}: ${each.ResourceStatusReason}`);
    throw new Error([`${StackName} is ${status}`, ...lines].join('\n'));
  }

  private async statusOf(StackName: string): Promise<string> {
    const input = { StackName };
    const found = await this.call<{ Stacks: { StackStatus: string }[] }>('DescribeStacks', input).catch(
      () => undefined,
    );
    return found?.Stacks[0]?.StackStatus ?? 'DELETE_COMPLETE';
  }

  private call<Output>(operation: string, input: object): Promise<Output> {
    return this.aws.world.call<Output>(INTERNAL, 'cloudformation', operation, input);
  }
}

/** Those of stages too, in the order in which they can be deployed. */
function stacksOf(assembly: CloudAssembly): CloudFormationStackArtifact[] {
  return [...assembly.stacks, ...assembly.nestedAssemblies.flatMap(({ nestedAssembly }) => stacksOf(nestedAssembly))];
}

const resolved = ({ world }: LocalAws, text: string) =>
  text.replaceAll('${AWS::AccountId}', world.accountId).replaceAll('${AWS::Region}', world.region);

async function publish(aws: LocalAws, { assembly, id }: CloudFormationStackArtifact): Promise<void> {
  const file = join(assembly.directory, `${id}.assets.json`);
  const { files = {}, dockerImages = {} } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  for (const { source, destinations } of Object.values(files)) {
    const path = join(assembly.directory, source.path);
    const Body = source.packaging === 'zip' ? zipOf(filesBelow(path)) : readFileSync(path);
    for (const { bucketName, objectKey } of Object.values(destinations)) {
      const at = { Bucket: resolved(aws, bucketName), Key: resolved(aws, objectKey) };
      await aws.world.call(INTERNAL, 's3', 'PutObject', { ...at, Body });
    }
  }
  for (const { source, destinations } of Object.values(dockerImages)) {
    for (const { repositoryName, imageTag } of Object.values(destinations)) {
      const name = `${aws.world.accountId}.dkr.ecr.${aws.world.region}.amazonaws.com/${resolved(aws, repositoryName)}:${imageTag}`;
      const options = source.dockerFile === undefined ? [] : ['--file', source.dockerFile];
      await docker(aws, ['build', '--tag', name, ...options, '.'], join(assembly.directory, source.directory));
      await docker(aws, ['push', name], assembly.directory);
    }
  }
}

function filesBelow(folder: string): Readonly<Record<string, Buffer>> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    paths.map(({ parentPath, name }) => [
      relative(folder, join(parentPath, name)),
      readFileSync(join(parentPath, name)),
    ]),
  );
}

/** As the program behind CDK_DOCKER sends it. */
async function docker({ services }: LocalAws, args: readonly string[], cwd: string): Promise<void> {
  const response = await fetch(services.ecr.dockerUrl, { method: 'POST', body: JSON.stringify({ args, cwd }) });
  const { exitCode, stderr } = (await response.json()) as { exitCode: number; stderr: string };
  if (exitCode !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`);
}
