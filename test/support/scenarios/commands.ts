import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommandLine } from '../../../cli';
import { Output } from '../../../cli/output';
import type { Explanation } from '../../../cli/release/explanation';
import type { ServiceStatus } from '../../../cli/release/status-types';
import type { LocalAws } from '../../../rehearsal/local-aws';
import { capture } from '../../cli/support';

/** The statements of the policy of a command in docs/cli.md. */
function policyOf(command: string): object[] {
  const page = readFileSync(join(__dirname, '../../../docs/cli.md'), 'utf8');
  const [, json] = new RegExp(`### Policy of ${command}\\n[^]*?\`\`\`json\\n([^]*?)\`\`\``).exec(page) ?? [];
  if (json === undefined) throw new Error(`docs/cli.md has no policy of ${command}`);
  return (JSON.parse(json) as { Statement: object[] }).Statement;
}

export interface CommandEnd {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `greenlight` commands against a local AWS, each under exactly the policy that docs/cli.md gives it. */
export class ReleaseCommands {
  private readonly roles = new Map<string, string>();

  constructor(private readonly aws: LocalAws) {}

  async run(command: string, ...args: string[]): Promise<CommandEnd> {
    const before = { ...process.env };
    const { accessKeyId, secretAccessKey, sessionToken } = this.aws.world.credentialsFor(this.role(command), 'person');
    const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    const place = { AWS_ENDPOINT_URL: this.aws.endpoint, AWS_REGION: this.aws.world.region };
    Object.assign(process.env, keys, place, { AWS_SESSION_TOKEN: sessionToken });
    const [out, err] = [capture(), capture()];
    try {
      const code = await runCommandLine(['node', 'greenlight', command, ...args], new Output(out, err, {}));
      return { code, out: out.text, err: err.text };
    } finally {
      process.env = before;
    }
  }

  /** @throws Error with what it printed when that is no document of one service */
  async status(): Promise<ServiceStatus & { readonly code: number }> {
    const { code, out, err } = await this.run('status', '--json');
    const { services = [] } = JSON.parse(out) as { services?: ServiceStatus[] };
    const [service] = services;
    if (!service || services.length !== 1) throw new Error(out + err);
    return { ...service, code };
  }

  /** @throws SyntaxError when it printed no document */
  async why(...args: string[]): Promise<Explanation & { readonly code: number }> {
    const { code, out } = await this.run('why', '--json', ...args);
    return { ...(JSON.parse(out) as Explanation), code };
  }

  private role(command: string): string {
    const made = this.roles.get(command);
    if (made !== undefined) return made;
    const trust = {
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
    };
    const inline = { own: { Statement: policyOf(command) } };
    const arn = this.aws.services.iam.addRole({ name: `person-${command}`, trust, inline });
    this.roles.set(command, arn);
    return arn;
  }
}
