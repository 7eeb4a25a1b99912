import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '../../rehearsal/local-aws';
import { offeredOperations } from '../../tools/service-models';
import { temporaryDirectory } from '../support/temporary';

/** Services that botocore names otherwise than IAM. */
const NAMES: Readonly<Record<string, string>> = { elasticloadbalancing: 'elbv2', states: 'stepfunctions' };

interface Conformance {
  readonly client: string;
  readonly results: Readonly<Record<string, string>>;
}

let aws: LocalAws;
let python: string | undefined;

beforeAll(async () => {
  aws = await startLocalAws({ speed: 60 });
  python = pythonWithBoto3();
}, 300_000);
afterAll(() => aws.stop());

/** A Python of its own with the newest boto3; undefined where this machine has no python3 that can have one. */
function pythonWithBoto3(): string | undefined {
  const folder = join(temporaryDirectory('boto3'), 'venv');
  if (spawnSync('python3', ['-m', 'venv', folder]).status !== 0) return undefined;
  const installed = spawnSync(join(folder, 'bin', 'pip'), ['install', '--quiet', 'boto3'], { encoding: 'utf8' });
  if (installed.status !== 0) throw new Error(`pip install boto3: ${installed.stderr}`);
  return join(folder, 'bin', 'python');
}

async function operationsOfBotocore(): Promise<Readonly<Record<string, readonly string[]>>> {
  const offered = [...(await offeredOperations())];
  return Object.fromEntries(offered.map(([prefix, names]) => [NAMES[prefix] ?? prefix, names]));
}

async function conformance(program: string, operations: object): Promise<Conformance> {
  const { accessKeyId, secretAccessKey } = aws.services.iam.addUser({
    name: 'conformance',
    managed: ['arn:aws:iam::aws:policy/AdministratorAccess'],
  }).credentials;
  const child = spawn(program, [join(__dirname, '../conformance/conformance.py')], {
    env: {
      PATH: process.env['PATH'],
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_DEFAULT_REGION: aws.world.region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.stdin.end(JSON.stringify(operations));
  expect(await ended).toBe(0);
  return JSON.parse(text) as Conformance;
}

test('boto3 calls every operation once, and each response or refusal is one that the model of AWS has', async () => {
  if (python === undefined) {
    console.warn('boto3 is not tested: python3 with venv is missing on this machine');
    return;
  }
  const operations = await operationsOfBotocore();
  const { client, results } = await conformance(python, operations);
  const expected = Object.entries(operations).flatMap(([service, names]) => names.map((name) => `${service}:${name}`));
  expect(Object.keys(results).sort()).toEqual(expected.sort());
  expect(Object.entries(results).filter(([, result]) => result.startsWith('wrong'))).toEqual([]);
  const responses = Object.values(results).filter((result) => result === 'responds').length;
  console.log(`${client}: ${responses} of ${expected.length} operations respond, the others refuse as AWS declares`);
  expect(responses).toBeGreaterThan(80);
}, 300_000);
