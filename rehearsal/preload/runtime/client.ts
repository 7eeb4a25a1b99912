import http from 'node:http';

export interface RuntimeEvent {
  readonly requestId: string;
  /** AWS time. */
  readonly deadlineMs: number;
  readonly invokedFunctionArn: string;
  readonly payload: string;
}

/** Speaks the runtime API. No time limits: an environment waits for its next invocation as long as it lives. */
export class RuntimeClient {
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

  /** @param api host, port and path of the API */
  constructor(private readonly api: string) {}

  async next(): Promise<RuntimeEvent> {
    const { headers, body } = await this.request('GET', 'invocation/next');
    return {
      requestId: String(headers['lambda-runtime-aws-request-id']),
      deadlineMs: Number(headers['lambda-runtime-deadline-ms']),
      invokedFunctionArn: String(headers['lambda-runtime-invoked-function-arn']),
      payload: body,
    };
  }

  async respond(requestId: string, payload: string): Promise<void> {
    await this.request('POST', `invocation/${requestId}/response`, payload);
  }

  async fail(requestId: string, error: object): Promise<void> {
    await this.request('POST', `invocation/${requestId}/error`, JSON.stringify(error));
  }

  async failInit(error: object): Promise<void> {
    await this.request('POST', 'init/error', JSON.stringify(error));
  }

  private request(
    method: string,
    path: string,
    body = '',
  ): Promise<{ headers: http.IncomingHttpHeaders; body: string }> {
    const url = `http://${this.api}/2018-06-01/runtime/${path}`;
    return new Promise((resolve, reject) => {
      const request = http.request(url, { method, agent: this.agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}
