import { join } from 'node:path';
import { runCdk } from './cdk';
import type { Plan, PlannedRelease } from '../plan/plan';
import { seedExample } from '../plan/seed';
import { type Assembly, readAssembly } from './assembly';
import { contextExample, type MissingContext, missingContext } from './missing-context';

/** As the CLI's context providers say it. */
const missingLookup =
  /Could not find any VPCs matching|SSM parameter not available|No security groups found matching|No load balancers found matching|Found zones: \[\]|No AMI found|does not know the service/;

const LOOKUP_HINT = `it looks up what is not there. List VPCs and SSM parameters in the rehearsal file:

${seedExample}

Other lookups use cdk.context.json next to cdk.json: run cdk synth once with credentials of the account, or`;

/** @param missing what the app has looked up in vain */
function lookupHint(missing: readonly MissingContext[]): string {
  const example = contextExample(missing);
  if (example === undefined) return `${LOOKUP_HINT}\ncopy the file from where it is.`;
  return `${LOOKUP_HINT}\nwrite the file, with values of your own:\n\n${example}\n`;
}

/** The CDK app, or the CLI before it reached CloudFormation, failed: what was printed is its own error. */
export class SynthesisError extends Error {
  /** @param missing what the app has looked up in vain */
  constructor(
    message: string,
    readonly exitCode: number,
    readonly output: string,
    missing: readonly MissingContext[] = [],
  ) {
    const isLookup = missing.length > 0 || missingLookup.test(output);
    super(isLookup ? `${message}; ${lookupHint(missing)}` : message);
    this.name = 'SynthesisError';
  }
}

export interface SynthesisOptions {
  readonly plan: Pick<Plan, 'app' | 'context' | 'releases' | 'synthesis' | 'validation'>;
  /** Folder of the rehearsal file: the CDK app's own. */
  readonly directory: string;
  /** Where the assemblies go. */
  readonly output: string;
  /** Of the CDK CLI. */
  readonly environment: () => Record<string, string>;
  readonly signal: AbortSignal;
  /** Called for each synthesis that runs ahead; the returned function is called when it has ended. */
  readonly inBackground?: () => () => void;
}

/**
 * Runs the CDK app once for each release, in order and one at a time. With `ahead` it does so while earlier releases
 * run, at a lower priority than they have, because synthesis takes longer than most of a release does.
 */
export class Synthesis {
  private readonly stopping = new AbortController();
  private readonly signal: AbortSignal;
  private readonly runs = new Map<string, Promise<Assembly>>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: SynthesisOptions) {
    this.signal = AbortSignal.any([options.signal, this.stopping.signal]);
  }

  /**
   * The assembly of a release, as soon as there is one.
   * @throws SynthesisError with the app's own output; the signal's reason
   */
  async of(planned: PlannedRelease): Promise<Assembly> {
    const { releases, synthesis } = this.options.plan;
    const next = synthesis === 'inline' ? [planned] : releases.slice(releases.indexOf(planned));
    for (const release of next) this.start(release, release !== planned);
    return this.runs.get(planned.name) as Promise<Assembly>;
  }

  /** Ends what still runs. */
  async end(): Promise<void> {
    this.stopping.abort(new Error('the rehearsal has ended'));
    await this.last;
  }

  private start(planned: PlannedRelease, background: boolean): void {
    if (this.runs.has(planned.name)) return;
    const run = this.last.then(() => this.synthesize(planned, background));
    this.runs.set(planned.name, run);
    // A failure is the release's own: it is thrown when its turn comes.
    this.last = run.catch(() => undefined);
  }

  private async synthesize(planned: PlannedRelease, background: boolean): Promise<Assembly> {
    const { plan, directory: cwd, output, environment } = this.options;
    const directory = join(output, `cdk.out.${planned.name}`);
    const app = plan.app === undefined ? [] : ['--app', plan.app];
    const context = Object.entries({ ...plan.context, ...planned.context }).flatMap(([key, value]) => [
      '--context',
      `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ]);
    // `cdk list` synthesizes all that `cdk deploy` does, and leaves the checks of single stacks to it.
    const args = ['list', ...app, '--output', directory, ...context];
    const ended = background ? this.options.inBackground?.() : undefined;
    const run = runCdk(
      args,
      { ...environment(), ...this.validationOf(planned) },
      { cwd, signal: this.signal, background },
    );
    const cdk = await run.finally(() => ended?.());
    if (cdk.exitCode !== 0) {
      const missing = missingContext(directory);
      throw new SynthesisError('the CDK app does not synthesize', cdk.exitCode, cdk.output, missing);
    }
    return readAssembly(directory);
  }

  /**
   * The CDK's built-in validation takes most of a synthesis, and the templates of a plan differ in what their context
   * sets: by default it runs only for the first. Plugins of the app run for each.
   * https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib-readme.html#template-and-policy-validation
   */
  private validationOf(planned: PlannedRelease): Record<string, string> {
    const { validation, releases } = this.options.plan;
    return validation === 'every' || planned === releases[0] ? {} : { CDK_VALIDATION: 'false' };
  }
}
