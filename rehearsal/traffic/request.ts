import type { Dispatcher } from 'undici';
import type { Connections } from './connections';

export interface RequestSpec {
  readonly path: string;
  readonly method: string;
  /** Flat name and value pairs. */
  readonly headers: string[];
  /** Wall milliseconds for the whole answer. */
  readonly timeoutMs: number;
}

export type RequestResult = { readonly status: number } | { readonly error: string };

/** One request whose body is read and thrown away. Never rejects: a failure is a result too. */
export function request(connections: Connections, spec: RequestSpec): Promise<RequestResult> {
  return new Promise((resolve) => {
    const { path, headers, timeoutMs } = spec;
    const handler = new Answer(timeoutMs, (result) => {
      resolve(result);
      connections.released();
    });
    connections.dispatch({ path, method: spec.method, headers }, handler, () => handler.timedOut);
  });
}

class Answer implements Dispatcher.DispatchHandler {
  private readonly timer: NodeJS.Timeout;
  private abort?: (error?: Error) => void;
  private status = 0;
  timedOut = false;

  constructor(
    timeoutMs: number,
    private readonly resolve: (result: RequestResult) => void,
  ) {
    this.timer = setTimeout(() => this.onTimeout(), timeoutMs);
  }

  onConnect(abort: (error?: Error) => void): void {
    this.abort = abort;
    if (this.timedOut) abort(new Error('TIMEOUT'));
  }

  onHeaders(status: number): boolean {
    this.status = status;
    return true;
  }

  onData(): boolean {
    return true;
  }

  onComplete(): void {
    this.finish({ status: this.status });
  }

  onError(error: Error): void {
    const { code, name } = error as Error & { code?: string };
    this.finish({ error: this.timedOut ? 'TIMEOUT' : (code ?? name) });
  }

  /** Told at once, also when the request still waits for a connection: the schedule must not hang on it. */
  private onTimeout(): void {
    this.timedOut = true;
    this.abort?.(new Error('TIMEOUT'));
    this.finish({ error: 'TIMEOUT' });
  }

  private finish(result: RequestResult): void {
    clearTimeout(this.timer);
    this.resolve(result);
  }
}
