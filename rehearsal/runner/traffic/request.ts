import type { Dispatcher } from 'undici';
import type { Clock, Timer } from '../../core/clock';
import type { Connections } from './connections';

export interface RequestSpec {
  readonly path: string;
  readonly method: string;
  /** Flat name and value pairs. */
  readonly headers: string[];
  /** Real milliseconds for the whole response, as `clock.afterReal` counts them. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

export type RequestResult = { readonly status: number } | { readonly error: string };

/** One request whose body is read and thrown away. Never rejects: a failure is a result too. */
export function request(connections: Connections, spec: RequestSpec): Promise<RequestResult> {
  return new Promise((resolve) => {
    const { path, headers } = spec;
    const handler = new ResponseHandler(spec, (result) => {
      resolve(result);
      connections.released();
    });
    connections.dispatch({ path, method: spec.method, headers }, handler, () => handler.timedOut);
  });
}

class ResponseHandler implements Dispatcher.DispatchHandler {
  private readonly timer: Timer;
  private abort?: (error?: Error) => void;
  private status = 0;
  timedOut = false;

  constructor(
    { clock, timeoutMs }: RequestSpec,
    private readonly resolve: (result: RequestResult) => void,
  ) {
    this.timer = clock.afterReal(timeoutMs, () => this.onTimeout());
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

  /** Called at once, also when the request still waits for a connection: the schedule must not hang on it. */
  private onTimeout(): void {
    this.timedOut = true;
    this.abort?.(new Error('TIMEOUT'));
    this.finish({ error: 'TIMEOUT' });
  }

  private finish(result: RequestResult): void {
    this.timer.cancel();
    this.resolve(result);
  }
}
