/** What an HTTP request asks for, once its protocol is decoded. */
export interface DecodedCall {
  readonly operation: string;
  readonly input: unknown;
  /** Writes the response in the protocol that the request came in. */
  readonly codec: ResponseCodec;
}

export interface ResponseCodec {
  success(output: unknown, requestId: string): WireResponse;
  failure(error: WireError, requestId: string): WireResponse;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly statusCode: number;
}

/** The SDKs name a query error by its own code and a JSON error by `...Exception`. */
export function isSenderFault(error: WireError): boolean {
  return error.statusCode < 500;
}
