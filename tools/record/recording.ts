import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { WrongUse } from './wrong-use';

const milliseconds = z.number().int().min(0);

const stackEvent = z.strictObject({
  logicalId: z.string(),
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  atMs: milliseconds,
});

const lifecycleEvent = z.strictObject({
  name: z.string(),
  status: z.string(),
  /** Absent for an event that never began or never ended. */
  durationMs: milliseconds.optional(),
});

const deployment = z.strictObject({
  status: z.string(),
  creator: z.string(),
  configuration: z.string(),
  message: z.string().optional(),
  events: z.array(lifecycleEvent),
  atMs: milliseconds,
  durationMs: milliseconds.optional(),
});

const alarmChange = z.strictObject({ alarm: z.string(), from: z.string(), to: z.string(), atMs: milliseconds });

const release = z.strictObject({
  name: z.string(),
  exitCode: z.number().int(),
  durationMs: milliseconds,
  requests: z.strictObject({ sent: z.number().int(), failed: z.number().int() }),
  stack: z.array(stackEvent),
  deployments: z.array(deployment),
  alarms: z.array(alarmChange),
});

/**
 * What AWS, or the rehearsal, did in the releases of a rehearsal file: states in their order, sentences, and durations in
 * milliseconds of AWS time. `atMs` counts from the beginning of the release. docs/recordings.md explains it.
 */
export const recordingSchema = z.strictObject({
  format: z.literal(1),
  source: z.enum(['aws', 'rehearsal']),
  recordedAt: z.iso.datetime(),
  region: z.string(),
  versions: z.record(z.string(), z.string()),
  releases: z.array(release).min(1),
});

export type Recording = z.infer<typeof recordingSchema>;
export type RecordedRelease = Recording['releases'][number];
export type RecordedDeployment = RecordedRelease['deployments'][number];

/** @throws WrongUse that names the file and what is wrong with it */
export function readRecording(file: string): Recording {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new WrongUse(`${file}: no recording can be read: ${(error as Error).message}`);
  }
  const result = recordingSchema.safeParse(content);
  if (result.success) return result.data;
  throw new WrongUse(`${file}: not a recording of format 1\n${z.prettifyError(result.error)}`);
}

/**
 * Text of AWS without what differs from one account or run to the next: a recording may be published, and is compared with
 * that of another run.
 */
export function scrub(text: string): string {
  return text
    .replace(/\bd-[A-Z0-9]{9}\b/g, '<deployment>')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<id>')
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)/g, '<time>')
    .replace(/(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])/g, '<account>')
    .replace(/\/[0-9a-f]{16,17}\b/g, '/<id>')
    .replace(/\b[0-9a-f]{32}\b/g, '<id>');
}
