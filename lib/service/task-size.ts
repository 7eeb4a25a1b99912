import { Token } from 'aws-cdk-lib';

/** Memory in MiB that Fargate offers with CPU units. */
interface Memory {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size */
const MEMORY: ReadonlyMap<number, Memory> = new Map([
  [256, { min: 512, max: 2048, step: 512 }],
  [512, { min: 1024, max: 4096, step: 1024 }],
  [1024, { min: 2048, max: 8192, step: 1024 }],
  [2048, { min: 4096, max: 16_384, step: 1024 }],
  [4096, { min: 8192, max: 30_720, step: 1024 }],
  [8192, { min: 16_384, max: 61_440, step: 4096 }],
  [16_384, { min: 32_768, max: 122_880, step: 8192 }],
]);

/** @returns the problem of a Fargate task of this size, or undefined; tokens pass */
export function taskSizeProblem(cpu: number, memoryLimitMiB: number): string | undefined {
  if (Token.isUnresolved(cpu)) return undefined;
  const memory = MEMORY.get(cpu);
  if (!memory) return `task.cpu ${cpu}: must be one of ${[...MEMORY.keys()].join(', ')}`;
  if (Token.isUnresolved(memoryLimitMiB)) return undefined;
  const { min, max, step } = memory;
  // A quarter of a vCPU comes with 512, 1024 or 2048 MiB.
  const offered = memoryLimitMiB % step === 0 && !(cpu === 256 && memoryLimitMiB === 1536);
  if (memoryLimitMiB >= min && memoryLimitMiB <= max && offered) return undefined;
  const sizes = cpu === 256 ? '512, 1024 or 2048' : `${min} to ${max} in steps of ${step}`;
  return `task.memoryLimitMiB ${memoryLimitMiB} with cpu ${cpu}: must be ${sizes}: change one of the two`;
}
