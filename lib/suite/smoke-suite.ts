import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Suite } from '../../smoke/suite';
import type { ComparisonOptions } from '../gate/comparison';
import { renderComparison } from '../gate/comparison-settings';
import { grantAuth, renderSuite, suiteFromFile, suiteOf } from './rendering';
import type { SmokeCheck } from './smoke-check';

/** Options of `SmokeSuite.fromFile`. */
export interface SmokeSuiteOptions {
  /** The values of the suite's variables; tokens are allowed. @default - the defaults */
  readonly variables?: { [name: string]: string };
}

/** The smoke checks that decide about a release: from a file, or from code. */
export class SmokeSuite {
  /**
   * From a YAML or JSON file, docs/suite.md. `npx greenlight smoke` runs the same file from a terminal.
   * @param path from the working directory, or absolute
   * @throws Error with every problem: file, line, column, what was read and what is allowed
   */
  public static fromFile(path: string, options: SmokeSuiteOptions = {}): SmokeSuite {
    return new SmokeSuite(suiteFromFile(path), [], options.variables ?? {});
  }

  /** From code. Tokens in a check become variables, whose values the gate gets when it runs. */
  public static of(...checks: SmokeCheck[]): SmokeSuite {
    const { suite, variables } = suiteOf(checks);
    return new SmokeSuite(suite, checks, variables);
  }

  /**
   * The same suite, compared with live blue by these options once its checks have passed, before any traffic shifts; then too
   * little data fails the gate. Without this call the safe checks are compared by default, and too little data passes.
   * @throws Error when the suite's file has `compare` already: it is set in one place
   */
  public comparedWithLive(options: ComparisonOptions = {}): SmokeSuite {
    if (this.content.compare !== undefined) {
      const { file = 'the suite' } = this.content;
      throw new Error(`${file} has compare already: change it there, or remove it to compare by comparedWithLive`);
    }
    return new SmokeSuite({ ...this.content, compare: renderComparison(options) }, this.checks, this.variables);
  }

  /**
   * The same suite, and green is not compared with live blue: no request of the comparison meets the live side.
   * @throws Error when the suite has options for the comparison
   */
  public withoutComparison(): SmokeSuite {
    if (typeof this.content.compare === 'object') {
      const { file = 'the suite' } = this.content;
      throw new Error(`${file} has options for the comparison: remove them, or remove withoutComparison`);
    }
    return new SmokeSuite({ ...this.content, compare: false }, this.checks, this.variables);
  }

  private constructor(
    private readonly content: Suite,
    private readonly checks: readonly SmokeCheck[],
    /** Values of the suite's variables. */
    public readonly variables: { [name: string]: string },
  ) {}

  /**
   * The suite as the gate reads it, a JSON document.
   * @throws Error with every problem in it
   * @internal
   */
  public _render(scope: Construct): Suite {
    return renderSuite(scope, this.content, this.variables);
  }

  /** Lets someone read the secrets that the checks send. */
  public grantReadSecrets(grantee: IGrantable): void {
    const fromCode = this.checks.flatMap((check) => check.auth ?? []);
    for (const auth of fromCode) auth._grantRead(grantee);
    if (this.checks.length > 0) return;
    for (const { action, resource } of grantAuth(this.content, this.variables)) {
      grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
    }
  }
}
