/** The line that names the error: the last such before a stack, else the last line. */
export function errorLine(lines: readonly string[]): string | undefined {
  const written = lines.map((line) => line.trim()).filter((line) => line !== '');
  const isFrame = (line: string) => /^(at |File "|\.\.\. )/.test(line);
  const named = /\b\w*(error|exception)\b|\b(fatal|panic|cannot|can't|no such|not found|refused|denied|failed)\b/i;
  return written.findLast((line) => named.test(line) && !isFrame(line)) ?? written.at(-1);
}
