import { sleep } from '../../common/retry';
import { ExitCode } from '../failure';
import type { Output } from '../output';
import type { Aws } from './aws';
import { observe } from './observe';
import { type EcsService, findService } from './services';
import type { FinishedRelease, ServiceStatus } from './status-types';
import { type Line, statusLines } from './text';
import { momentText } from './times';

/** Milliseconds of real time between two readings: CodeDeploy and ECS throttle the calls of an account. */
const READ_EVERY_MS = 3_000;

/** Shows a service until the release in progress, its rollback too, has ended. @returns the exit code of its outcome */
export async function watch(aws: Aws, first: EcsService, output: Output, readEveryMs = READ_EVERY_MS): Promise<number> {
  const screen = new Screen(output);
  let service = first;
  let watched: string | undefined;
  for (;;) {
    const status = await observe(aws, service);
    screen.show(statusLines(status, Date.now()));
    if (!status.release) return ending(status, watched, output);
    if (!status.release.rollsBack) watched ??= status.release.id;
    await sleep(readEveryMs, aws.signal);
    service = await findService(aws, { service: first.serviceArn });
  }
}

/** The newest release that ended is the one that was watched: a service has one at a time. */
function ending({ service, lastRelease }: ServiceStatus, watched: string | undefined, output: Output): number {
  if (watched === undefined && lastRelease === undefined) {
    output.say(`${service} has no release in progress, and none has ended.`);
    return ExitCode.ok;
  }
  output.say({ text: endingText(lastRelease), style: lastRelease?.outcome === 'succeeded' ? 'good' : 'bad' });
  return lastRelease?.outcome === 'succeeded' ? ExitCode.ok : ExitCode.notAsExpected;
}

export function endingText(last: FinishedRelease | undefined): string {
  if (!last) return 'The release is gone: its deployment is not listed.';
  const at = last.endedAt === undefined ? '' : ` at ${momentText(last.endedAt)}`;
  const reason = last.outcome === 'succeeded' || last.reason === undefined ? '' : `: ${last.reason}`;
  return `Release ${last.id} ${last.outcome}${at}${reason}`;
}

/** Redraws on a terminal; otherwise prints what has changed, one line each. */
class Screen {
  private shown: readonly string[] = [];

  constructor(private readonly output: Output) {}

  show(lines: readonly Line[]): void {
    const texts = lines.map(textOf);
    if (this.output.canUpdate) this.output.redraw(lines);
    else lines.filter((_, at) => !this.shown.includes(texts[at] ?? '')).forEach((line) => this.output.say(...line));
    this.shown = texts;
  }
}

/** Without how long something lasts, which changes with every reading. */
const textOf = (line: Line) =>
  line
    .map((part) => (typeof part === 'string' ? part : part.text))
    .join('')
    .replace(/ for .+? \(since/g, ' (since')
    .replace(/; in .+? \(at/g, '; (at');
