/** @param seconds since the epoch, as AWS's JSON has them */
export function isoOf(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : new Date(Math.round(seconds * 1_000)).toISOString();
}

/** `40 s`, `12 min`, `3 h 5 min`, `4 d 2 h` */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `since 12 min (14:03:07Z)`. The clock of a rehearsal runs ahead of this machine's: then only the moment. */
export function sinceText(iso: string | undefined, nowMs: number): string {
  if (iso === undefined) return '';
  const moment = momentText(iso);
  const passedMs = nowMs - Date.parse(iso);
  return passedMs < -CLOCK_SKEW_MS ? `since ${moment}` : `for ${durationText(passedMs)} (since ${moment})`;
}

/** `in 4 min (at 14:08:00Z)` */
export function untilText(iso: string, nowMs: number): string {
  const leftMs = Date.parse(iso) - nowMs;
  return leftMs < 0 || leftMs > DAYS_TWO_MS
    ? `at ${momentText(iso)}`
    : `in ${durationText(leftMs)} (at ${momentText(iso)})`;
}

const CLOCK_SKEW_MS = 60_000;
/** The longest bake and the longest approval. */
const DAYS_TWO_MS = 172_800_000;

/** UTC, to the second. */
export function momentText(iso: string): string {
  return iso.replace(/\.\d+Z$/, 'Z').replace('T', ' ');
}
