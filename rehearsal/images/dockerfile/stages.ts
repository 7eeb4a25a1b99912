/** The stages of a Dockerfile, and which of them a build needs. Pure. */
import { flagOf, type Instruction, parseDockerfile } from './dockerfile';
import { assignments, expand, type Variables, word, words } from './words';

export interface Stage {
  readonly index: number;
  /** Lower case. */
  readonly name?: string;
  /** The base image, or the stage that this one begins with. */
  readonly base: string;
  readonly baseStage?: Stage;
  readonly instructions: readonly Instruction[];
  /** ARGs before the first FROM: a stage that declares one has its value. */
  readonly globals: Variables;
}

export interface StageOptions {
  readonly target?: string;
  readonly buildArgs: Variables;
}

/** https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope; what runs here is for here. */
export function platformArguments(): Variables {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return {
    ...{ TARGETPLATFORM: `linux/${architecture}`, TARGETOS: 'linux', TARGETARCH: architecture, TARGETVARIANT: '' },
    ...{ BUILDPLATFORM: `linux/${architecture}`, BUILDOS: 'linux', BUILDARCH: architecture, BUILDVARIANT: '' },
  };
}

/** Every stage in order. @throws Error in Docker's words */
export function stagesOf(instructions: readonly Instruction[], buildArgs: Variables): Stage[] {
  const starts = instructions.flatMap(({ name }, index) => (name === 'FROM' ? [index] : []));
  if (starts.length === 0) throw new Error('the Dockerfile has no FROM: no build stage in current context');
  const globals = globalArguments(instructions.slice(0, starts[0]), buildArgs);
  const stages: Stage[] = [];
  starts.forEach((start, index) => {
    const from = instructions[start];
    const [base = '', as, name] = words(from?.text ?? '', globals);
    if (base === '') throw new Error(`base name (${from?.text ?? ''}) should not be blank`);
    const baseStage = stages.findLast((stage) => stage.name === base.toLowerCase());
    stages.push({
      index,
      name: as?.toLowerCase() === 'as' ? name?.toLowerCase() : undefined,
      base,
      ...(baseStage && { baseStage }),
      instructions: [...triggersOf(baseStage), ...instructions.slice(start + 1, starts[index + 1])],
      globals,
    });
  });
  return stages;
}

/** https://docs.docker.com/reference/dockerfile/#onbuild: they run right after the FROM of the stage that is built on it. */
function triggersOf(base: Stage | undefined): Instruction[] {
  return (base?.instructions ?? [])
    .filter(({ name }) => name === 'ONBUILD')
    .flatMap(({ text, line }) => parseDockerfile(text).map((trigger) => ({ ...trigger, line })));
}

function globalArguments(instructions: readonly Instruction[], buildArgs: Variables): Variables {
  let known: Variables = platformArguments();
  for (const { name, text, line } of instructions) {
    if (name !== 'ARG') throw new Error(`dockerfile parse error on line ${line}: no build stage in current context`);
    known = { ...known, ...declared(text, known, buildArgs) };
  }
  return known;
}

/** What `ARG A B=1` makes known. */
export function declared(text: string, variables: Variables, buildArgs: Variables, globals: Variables = {}): Variables {
  const single = text.trim().split(/\s+/);
  const pairs = text.includes('=') ? assignments(text, variables) : single.map((name): [string, string?] => [name]);
  const known = pairs.map(([name, fallback]): [string, string?] => {
    const bare = !text.includes(`${name}=`);
    return [name, buildArgs[name] ?? (bare ? globals[name] : fallback)];
  });
  return Object.fromEntries(known.filter(([, value]) => value !== undefined)) as Variables;
}

/** The last stage, or the one of that name or number. @throws Error in Docker's words */
export function targetOf(stages: readonly Stage[], target?: string): Stage {
  const found = target === undefined ? stages.at(-1) : stageNamed(stages, target);
  if (!found) throw new Error(`target stage "${target}" could not be found`);
  return found;
}

/** `COPY --from=` and `--target` name a stage, or count it. */
export function stageNamed(stages: readonly Stage[], name: string): Stage | undefined {
  const byNumber = /^\d+$/.test(name) ? stages[Number(name)] : undefined;
  return stages.findLast((stage) => stage.name === name.toLowerCase()) ?? byNumber;
}

/** Stages that the target is made of, in the order of the file; others are not built, as BuildKit does it. */
export function neededStages(stages: readonly Stage[], target: Stage): Stage[] {
  const needed = new Set<Stage>();
  const visit = (stage: Stage): void => {
    if (needed.has(stage)) return;
    needed.add(stage);
    if (stage.baseStage) visit(stage.baseStage);
    for (const source of sourcesOf(stage)) {
      const found = stageNamed(stages.slice(0, stage.index), source);
      if (found) visit(found);
    }
  };
  visit(target);
  return stages.filter((stage) => needed.has(stage));
}

/** What `--from` of COPY and of mounts names. */
function sourcesOf({ instructions, globals }: Stage): string[] {
  return instructions.flatMap((instruction) => {
    const from = flagOf(instruction, 'from');
    const mounts = instruction.flags.filter(({ name }) => name === 'mount').map(({ value }) => mountOf(value).from);
    return [from, ...mounts].filter((name) => name !== undefined).map((name) => expand(name, globals));
  });
}

/** `type=bind,source=a,target=b` of `RUN --mount`. */
export function mountOf(value: string): Readonly<Record<string, string | undefined>> {
  const pairs = value.split(',').map((part) => part.split(/=(.*)/s, 2) as [string, string?]);
  const options = Object.fromEntries(pairs.map(([name, text]) => [name, word(text ?? 'true', {})]));
  return {
    ...options,
    type: options.type ?? 'bind',
    source: options.source ?? options.src,
    target: options.target ?? options.dst ?? options.destination,
  };
}
