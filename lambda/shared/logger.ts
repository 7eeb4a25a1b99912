/**
 * One JSON document a line. Written to the streams themselves, because Lambda's console puts a timestamp and a request id
 * before the text, and then CloudWatch Logs finds no JSON in it to filter by.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function writeDocument(document: object): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

/** What happens on the way, on stderr: stdout carries only documents. */
export function log(level: 'info' | 'warn' | 'error', message: string, fields: Readonly<Record<string, unknown>> = {}) {
  process.stderr.write(`${JSON.stringify({ level, message, ...fields })}\n`);
}
