/** The error's name, which for an AWS error is its code. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** One line for people: the code, unless it says nothing, and the message. Never a stack. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message.replace(/\s+/g, ' ').trim();
  return error.name === 'Error' ? message : `${error.name}: ${message}`;
}
