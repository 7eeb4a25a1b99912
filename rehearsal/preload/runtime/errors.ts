/** An error of the runtime's own, with the type that Lambda reports for it. */
export class RuntimeError extends Error {
  constructor(
    readonly errorType: string,
    message: string,
    override readonly cause?: unknown,
  ) {
    super(message);
  }
}

export interface ErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** What Lambda returns for anything that was thrown. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
export function errorPayload(thrown: unknown): ErrorPayload {
  if (thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]') {
    const error = thrown as Error;
    return {
      errorType: error instanceof RuntimeError ? error.errorType : error.name,
      errorMessage: error.message,
      trace: error.stack?.split('\n') ?? [],
    };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}
