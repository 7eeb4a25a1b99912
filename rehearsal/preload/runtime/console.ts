import { writeSync } from 'node:fs';
import { format } from 'node:util';

const LOG_DESCRIPTOR = 3;
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const METHODS = { trace: 'TRACE', debug: 'DEBUG', info: 'INFO', log: 'INFO', warn: 'WARN', error: 'ERROR' } as const;

/**
 * Prints as Lambda's runtime for Node does: one record per call, tab-separated text, or JSON when the function's
 * LoggingConfig says so. What is written to stdout itself stays as it is.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export function patchConsole(requestId: string | undefined): void {
  const json = process.env['AWS_LAMBDA_LOG_FORMAT'] === 'JSON';
  const least = LEVELS.indexOf(process.env['AWS_LAMBDA_LOG_LEVEL'] ?? 'TRACE');
  for (const [method, level] of Object.entries(METHODS)) {
    (console as unknown as Record<string, (...values: unknown[]) => void>)[method] = (...values) => {
      if (json && LEVELS.indexOf(level) < least) return;
      record({ log: json ? jsonLine(requestId, level, values) : textLine(requestId, level, values) });
    };
  }
}

/** Marks that an invocation has logged all that it will: what follows belongs to the next. */
export function logged(requestId: string): void {
  record({ logged: requestId });
}

/** Reports a package of the SDK that the function requested and that is missing. */
export function missing(name: string): void {
  record({ missing: name });
}

function textLine(requestId: string | undefined, level: string, values: readonly unknown[]): string {
  return [new Date().toISOString(), requestId, level, format(...values)].join('\t');
}

function jsonLine(requestId: string | undefined, level: string, values: readonly unknown[]): string {
  const [only] = values;
  const message = values.length === 1 && typeof only === 'object' && only !== null ? plain(only) : format(...values);
  return JSON.stringify({ timestamp: new Date().toISOString(), level, requestId, message });
}

function plain(value: object): unknown {
  return value instanceof Error
    ? { errorType: value.name, errorMessage: value.message, stackTrace: value.stack?.split('\n') }
    : value;
}

/** One JSON text a line, so that a record may itself hold line breaks. */
function record(value: { readonly log: string } | { readonly logged: string } | { readonly missing: string }): void {
  const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
  for (let written = 0; written < bytes.length;) {
    written += writeSync(LOG_DESCRIPTOR, bytes, written);
  }
}
