import { tmpdir } from 'node:os';

/** The machine, and not the app or the rehearsal, is the reason why it cannot continue. */
export class MachineProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MachineProblem';
  }
}

/** By the error's code: what is wrong, and what to do about it. https://nodejs.org/api/errors.html#common-system-errors */
const PROBLEMS: Readonly<Record<string, { readonly what: string; readonly remedy: string }>> = {
  ENOSPC: {
    what: 'the disk is full',
    remedy: 'free some space, or set TMPDIR to a folder on a disk that has some (a rehearsal takes about 100 MB)',
  },
  EDQUOT: { what: 'your disk quota is used up', remedy: 'free some space, or set TMPDIR to a folder on another disk' },
  EMFILE: { what: 'too many files are open', remedy: 'raise the limit of this shell: ulimit -n 4096' },
  ENFILE: { what: "the machine's table of open files is full", remedy: 'end other programs, or raise fs.file-max' },
  ENOMEM: { what: 'the machine has no memory left', remedy: 'end other programs, or lower the number of tasks' },
  EROFS: { what: 'the file system is read-only', remedy: 'set TMPDIR to a folder that you can write to' },
};

/** In the words of the C library, which many programs print in place of the code. */
const SENTENCES: Readonly<Record<string, RegExp>> = {
  ENOSPC: /\bENOSPC\b|no space left on device/i,
  EDQUOT: /\bEDQUOT\b|disk quota exceeded/i,
  EMFILE: /\bEMFILE\b|too many open files(?! in system)/i,
  ENFILE: /\bENFILE\b|too many open files in system/i,
  ENOMEM: /\bENOMEM\b|cannot allocate memory/i,
  EROFS: /\bEROFS\b|read-only file system/i,
};

/** @returns the problem that an error of the file system or of starting a process shows; undefined for any other */
export function machineProblemOf(error: unknown): MachineProblem | undefined {
  if (error instanceof MachineProblem) return error;
  const { code = '', path, syscall } = Object(error) as Partial<NodeJS.ErrnoException>;
  const known = PROBLEMS[code];
  if (known) return problem(code, known, path);
  if (syscall !== 'mkdtemp') return undefined;
  const why =
    code === 'ENOENT' ? 'does not exist' : code === 'ENOTDIR' ? 'is no folder' : `cannot be written to (${code})`;
  return new MachineProblem(`the temporary folder ${tmpdir()} ${why}: set TMPDIR to a folder that you can write to`);
}

/** @returns the problem that a program's output names; undefined when it names none */
export function machineProblemIn(output: string): MachineProblem | undefined {
  for (const [code, sentence] of Object.entries(SENTENCES)) {
    const line = output.split('\n').find((each) => sentence.test(each));
    const known = PROBLEMS[code];
    if (line === undefined || !known) continue;
    const path = /'([^']*\/[^']*)'|(?:^|[\s(:"])(\/[^\s'":),]+)/.exec(line);
    return problem(code, known, path?.[1] ?? path?.[2]);
  }
  return undefined;
}

function problem(code: string, { what, remedy }: { what: string; remedy: string }, path = tmpdir()): MachineProblem {
  return new MachineProblem(`${what} (${code}, ${path}): ${remedy}`);
}
