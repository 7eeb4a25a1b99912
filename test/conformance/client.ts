import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { given, memberOf, resolved, type Step, type Steps, type Values } from './steps';

/** A program that calls one operation for each line of its standard input: `clients/boto3.py` has the protocol. */
export interface Program {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** What came of one step: the response to the client, or that this version of the client lacks the operation or a member. */
interface ClientResponse {
  readonly output?: unknown;
  readonly code?: string;
  readonly message?: string;
  readonly wrong?: string;
  readonly lacks?: true;
}

export interface Conformance {
  readonly client: string;
  /** `<service>:<operation>` of each step that went as the step says. */
  readonly covered: ReadonlySet<string>;
  /** Of the operations that this version of the client does not have. */
  readonly lacking: readonly string[];
  readonly problems: readonly string[];
}

/** How often a step is repeated: each time takes real milliseconds, in which AWS time continues. */
const REPEATS_MAX = 400;

/** Runs all steps with one client. @param nowMs of the clock of the local AWS */
export async function conformanceOf(
  program: Program,
  lists: readonly Steps[],
  environment: Readonly<Record<string, string>>,
  nowMs: number,
): Promise<Conformance> {
  const client = new Client(program, environment);
  const covered = new Set<string>();
  const [lacking, problems, unknown]: [string[], string[], string[]] = [[], [], []];
  try {
    const { client: name } = (await client.line()) as { readonly client: string };
    let known = given(nowMs);
    for (const step of lists.flat()) {
      const operation = `${step.service}:${step.operation}`;
      const { problem, lacks, captured } = refersTo(step, unknown)
        ? { lacks: true as const }
        : await run(client, step, known);
      known = { ...known, ...captured };
      if (lacks) unknown.push(...Object.keys(step.capture));
      if (problem !== undefined) problems.push(`${operation}: ${problem}`);
      else if (lacks) lacking.push(operation);
      else covered.add(operation);
    }
    return { client: name, covered, lacking, problems };
  } finally {
    client.end();
  }
}

/** Whether a step needs what a step captures that this client cannot run. */
const refersTo = ({ input }: Step, names: readonly string[]) =>
  names.some((name) => JSON.stringify(input).includes(`\${${name}}`));

interface Ran {
  readonly problem?: string;
  readonly lacks?: true;
  readonly captured?: Values;
}

async function run(client: Client, step: Step, known: Values): Promise<Ran> {
  let input: unknown;
  try {
    input = resolved(step.input, known);
  } catch (error) {
    return { problem: (error as Error).message };
  }
  for (let repeats = 0; ; repeats++) {
    const response = await client.call({ service: step.service, operation: step.operation, input });
    if (response.lacks) return { lacks: true };
    const problem = problemOf(step, response);
    if (problem !== undefined || response.code !== undefined) return { ...(problem !== undefined && { problem }) };
    const waits = Object.entries(step.until).filter(([path, wanted]) => !isAt(memberOf(response.output, path), wanted));
    if (waits.length === 0) return captured(step, response.output);
    if (repeats === REPEATS_MAX) return { problem: `waited for ${JSON.stringify(waits)}` };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const isAt = (value: unknown, wanted: string) => (wanted === '*' ? value !== undefined : value === wanted);

function problemOf({ refuses }: Step, { wrong, code, message }: ClientResponse): string | undefined {
  if (wrong !== undefined) return wrong;
  if (code === refuses || code === `${refuses}Exception`) return undefined;
  return code === undefined ? `responds; expected ${refuses}` : `${code}: ${message ?? ''}`;
}

function captured({ capture }: Step, output: unknown): Ran {
  const found = Object.entries(capture).map(([name, path]) => [name, memberOf(output, path), path] as const);
  const absent = found.find(([, value]) => value === undefined);
  if (absent) return { problem: `the output has no ${absent[2]}` };
  return { captured: Object.fromEntries(found.map(([name, value]) => [name, value])) };
}

class Client {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private errors = '';

  constructor(program: Program, environment: Readonly<Record<string, string>>) {
    this.child = spawn(program.command, program.arguments, {
      env: { PATH: process.env['PATH'], ...environment, ...program.environment },
    });
    this.child.stderr!.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  async line(): Promise<unknown> {
    const next = (await this.lines.next()) as IteratorResult<string, undefined>;
    if (next.done) throw new Error(`the client ended: ${this.errors}`);
    return JSON.parse(next.value);
  }

  call(call: object): Promise<ClientResponse> {
    this.child.stdin!.write(`${JSON.stringify(call)}\n`);
    return this.line() as Promise<ClientResponse>;
  }

  end(): void {
    this.child.stdin!.end();
    this.child.kill();
  }
}
