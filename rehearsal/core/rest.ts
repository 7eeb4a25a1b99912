/** Plain HTTP as REST services and the rehearsal's own routes receive it. */

export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface RestResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** A REST service maps its routes to `invoke(operation, input)`, which authorizes and runs them. */
export type RestHandler = (
  request: RestRequest,
  invoke: (operation: string, input: unknown) => Promise<unknown>,
) => Promise<RestResponse>;
