import type { RecordedDeployment, RecordedRelease, Recording } from './recording';

/** How far a duration may be from the recorded one: by this factor either way, or by this much. */
export interface Range {
  readonly factor: number;
  readonly slackMs: number;
}

/** Twice as long or half as long, or a minute: a minute is CloudWatch's period and the poll intervals of the CDK CLI. */
export const defaultRange: Range = { factor: 2, slackMs: 60_000 };

/**
 * Where a run differs from a recording: sequences of states and sentences must be equal, and durations within the range.
 * Resources of a stack change at once, so each one's states are a sequence of their own.
 * @returns one sentence for each difference; none when they agree
 */
export function differences(expected: Recording, actual: Recording, range: Range = defaultRange): string[] {
  const names = (recording: Recording) => recording.releases.map(({ name }) => name).join(', ');
  if (names(expected) !== names(actual)) {
    return [`releases: ${names(actual)} where the recording has ${names(expected)}`];
  }
  return expected.releases.flatMap((release, index) => {
    const other = actual.releases[index] as RecordedRelease;
    return ofRelease(release, other, range).map((text) => `${release.name}: ${text}`);
  });
}

function ofRelease(expected: RecordedRelease, actual: RecordedRelease, range: Range): string[] {
  return [
    ...unequal('exit code of cdk deploy', expected.exitCode, actual.exitCode),
    ...ofMaps('stack', statusesById(expected), statusesById(actual)),
    ...ofMaps('alarm', changesByAlarm(expected), changesByAlarm(actual)),
    ...ofDeployments(expected.deployments, actual.deployments, range),
  ];
}

function ofDeployments(
  expected: readonly RecordedDeployment[],
  actual: readonly RecordedDeployment[],
  range: Range,
): string[] {
  if (expected.length !== actual.length) return unequal('deployments', expected.length, actual.length);
  return expected.flatMap((deployment, index) => {
    const other = actual[index] as RecordedDeployment;
    const place = `deployment ${index + 1}`;
    const events = ({ events: list }: RecordedDeployment) => list.map(({ name, status }) => `${name} ${status}`);
    const found = [
      ...unequal(`${place}, status`, deployment.status, other.status),
      ...unequal(`${place}, creator`, deployment.creator, other.creator),
      ...unequal(`${place}, configuration`, deployment.configuration, other.configuration),
      ...unequal(`${place}, message`, deployment.message ?? 'none', other.message ?? 'none'),
      ...unequal(`${place}, lifecycle`, events(deployment).join(', '), events(other).join(', ')),
      ...outOfRange(place, deployment.durationMs, other.durationMs, range),
    ];
    const timed = deployment.events.flatMap(({ name, durationMs }, at) =>
      other.events[at]?.name === name
        ? outOfRange(`${place}, ${name}`, durationMs, other.events[at]?.durationMs, range)
        : [],
    );
    return [...found, ...timed];
  });
}

function statusesById({ stack }: RecordedRelease): Map<string, string> {
  return joined(stack.map(({ logicalId, type, status }) => [`${logicalId} (${type})`, status]));
}

function changesByAlarm({ alarms }: RecordedRelease): Map<string, string> {
  // A new alarm has no data until its first evaluation; how often it does so before data come is nobody's promise.
  const messages = alarms.filter(({ from, to }) => from === 'ALARM' || to === 'ALARM');
  return joined(messages.map(({ alarm, from, to }) => [alarm, `${from} to ${to}`]));
}

function joined(entries: readonly (readonly [string, string])[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, text] of entries) found.set(key, found.has(key) ? `${found.get(key)}, ${text}` : text);
  return found;
}

function ofMaps(kind: string, expected: ReadonlyMap<string, string>, actual: ReadonlyMap<string, string>): string[] {
  const keys = new Set([...expected.keys(), ...actual.keys()]);
  return [...keys].flatMap((key) =>
    unequal(`${kind} ${key}`, expected.get(key) ?? 'nothing', actual.get(key) ?? 'nothing'),
  );
}

function unequal(place: string, expected: string | number, actual: string | number): string[] {
  return expected === actual ? [] : [`${place}: ${actual}, recorded: ${expected}`];
}

function outOfRange(place: string, expected: number | undefined, actual: number | undefined, range: Range): string[] {
  if (expected === undefined || actual === undefined) return [];
  const isNear = Math.abs(actual - expected) <= range.slackMs;
  const isAlike = actual <= expected * range.factor && actual >= expected / range.factor;
  if (isNear || isAlike) return [];
  return [`${place}: took ${actual / 1_000} s, recorded: ${expected / 1_000} s`];
}
