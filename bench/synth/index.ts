import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Measurement, Variant } from './child';

const SERVICES = [1, 10, 25];
const RUNS = 5;

/** Compiled, as an app is that cares for its synth time; below the root, so that packages and bundles are found. */
const FOLDER = join(__dirname, '../../coverage/bench-synth');
const CHILD = join(FOLDER, 'child.js');

/**
 * Synthesis of 1, 10 and 25 services in a stack, as a ratio to the same resources written by hand with aws-cdk-lib; and
 * what one more service adds to a stack, whole and beyond a plain ECS service behind a load balancer.
 */
export async function run(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  try {
    await build({
      entryPoints: [join(__dirname, 'child.ts')],
      outfile: CHILD,
      bundle: true,
      platform: 'node',
      target: 'node20',
      packages: 'external',
    });
    for (const services of SERVICES) printTimes(services);
    printAdditions();
  } finally {
    rmSync(FOLDER, { recursive: true });
  }
}

/** The CDK checks every template as a part of its synthesis, which takes longer than all else: once with, once without. */
function printTimes(services: number): void {
  for (const checked of [true, false]) {
    const ours: Measurement[] = [];
    const raw: Measurement[] = [];
    for (let turn = 0; turn < RUNS; turn++) {
      ours.push(measure('ours', services, checked));
      raw.push(measure('raw', services, checked));
    }
    const [oursMs, rawMs] = [ours, raw].map((all) => median(all.map(({ ms }) => ms))) as [number, number];
    const [oursCount, rawCount] = [ours, raw].map((all) => total(all[0])) as [number, number];
    console.log(
      `synth of ${services}${checked ? '' : ', without the template checks of the CDK'}: ${oursMs.toFixed(0)} ms of CPU, ` +
        `by hand ${rawMs.toFixed(0)} ms, ratio ${(oursMs / rawMs).toFixed(2)} (resources: ${oursCount}, by hand ${rawCount})`,
    );
  }
}

const KINDS: readonly (readonly [name: string, type?: string])[] = [
  ['resources'],
  ['functions', 'AWS::Lambda::Function'],
  ['roles', 'AWS::IAM::Role'],
  ['state machines', 'AWS::StepFunctions::StateMachine'],
];

/**
 * Next to the figures that cdk-ecs-codedeploy's pattern is known for; `GREENLIGHT_BENCH_PEER=<folder>` with that package and
 * aws-cdk-lib in its node_modules counts and times it in the same run.
 */
function printAdditions(): void {
  const peer: Variant[] = process.env.GREENLIGHT_BENCH_PEER ? ['peer'] : [];
  const plain = addition('plain');
  for (const variant of ['ours', 'shared', 'plain', ...peer] as const) {
    const added = addition(variant);
    const beyond = KINDS.map(([name, type]) => `${count(added, type)} ${name}`).join(', ');
    const inAll = [10, 25].map((services) => `${services} services: ${total(measure(variant, services))}`).join(', ');
    const fixed = total(measure(variant, 1)) - total(added);
    console.log(
      `${LABELS[variant]}: one more adds ${beyond}; ${total(added) - total(plain)} resources more than a plain one; ` +
        `VPC and cluster included ${inAll}; ${Math.floor((500 - fixed) / total(added))} fit into 500`,
    );
  }
  if (peer.length > 0) printPeerTimes();
  console.log(
    'cdk-ecs-codedeploy, as reported: 24 resources, 5 functions, 7 roles and a state machine more than a plain',
  );
  console.log('one; 10 services: 412; 1.42 times as long as by hand with 10; no synthesis without a Region');
}

const LABELS: Readonly<Record<Variant, string>> = {
  ours: 'ours, a load balancer each',
  shared: 'ours, one load balancer with two listeners',
  plain: 'plain, a load balancer each',
  raw: 'by hand',
  peer: 'cdk-ecs-codedeploy',
};

function printPeerTimes(): void {
  const msOf = (variant: Variant) => median(Array.from({ length: RUNS }, () => measure(variant, 10).ms));
  const [peer, plain, ours] = [msOf('peer'), msOf('plain'), msOf('ours')];
  console.log(
    `synth of 10 without the template checks: cdk-ecs-codedeploy ${peer.toFixed(0)} ms, ours ${ours.toFixed(0)} ms, plain ${plain.toFixed(0)} ms`,
  );
}

function count(of: Measurement, type: string | undefined): number {
  return type === undefined ? total(of) : (of.types[type] ?? 0);
}

/** What the second service adds: the first brings what is shared. */
function addition(variant: Variant): Measurement {
  const [one, two] = [measure(variant, 1), measure(variant, 2)];
  const types = Object.entries(two.types).map(([type, count]) => [type, count - (one.types[type] ?? 0)] as const);
  return { ms: two.ms - one.ms, types: Object.fromEntries(types) };
}

function measure(variant: Variant, services: number, checked = false): Measurement {
  const output = execFileSync(process.execPath, [CHILD, variant, String(services)], {
    encoding: 'utf8',
    env: { ...process.env, CDK_VALIDATION: String(checked) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Before it, the CDK reports its warnings.
  return JSON.parse(output.slice(output.lastIndexOf('{"ms"'))) as Measurement;
}

function total(measurement: Measurement | undefined): number {
  return Object.values(measurement?.types ?? {}).reduce((sum, count) => sum + count, 0);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
