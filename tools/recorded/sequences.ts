import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'yaml';

/** One call, its response compared with the recording `compare`. Inputs and values may refer to earlier responses: `${1.StackId}`. */
export interface CallStep {
  /** IAM prefix and operation: `logs CreateLogGroup`. */
  readonly call: string;
  readonly input?: unknown;
  /** Key of the recording that the whole response is compared with. */
  readonly compare?: string;
}

/** A recording that consists of parts of responses. */
export interface ValueStep {
  readonly compare: string;
  readonly value: unknown;
}

/** What the test does from here on is not modelled. */
export interface EndStep {
  /** `iam CreateRole`: an operation that the local AWS does not have. Else the feature, in plain words. */
  readonly notModelled: string;
}

export type Step = CallStep | ValueStep | EndStep;

export interface Sequence {
  /** Snapshot file without its extension: `logs/test_logs_events`. */
  readonly file: string;
  /** `TestLogsEvents::test_put_log_events_wrong_order`. */
  readonly test: string;
  readonly steps: readonly Step[];
}

/** In `notModelled` of a test whose calls nobody has written down yet. */
export const NO_SEQUENCE = 'no sequence yet';

const FOLDER = join(__dirname, 'sequences');

/** A test of which nothing can run has only the operation that is missing. */
type Entry = string | readonly Step[];

export function readSequences(): readonly Sequence[] {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
  return files.sort().flatMap((name) => {
    const entries = parse(readFileSync(join(FOLDER, name), 'utf8'), { maxAliasCount: -1 }) as Record<string, Entry>;
    const file = relative('', name)
      .replaceAll('\\', '/')
      .replace(/\.yaml$/, '');
    return Object.entries(entries).map(([test, entry]) => ({ file, test, steps: stepsOf(entry) }));
  });
}

const stepsOf = (entry: Entry): readonly Step[] => (typeof entry === 'string' ? [{ notModelled: entry }] : entry);
