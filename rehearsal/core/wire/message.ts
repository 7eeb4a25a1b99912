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
  readonly body: string | Buffer;
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

/** How the body of JSON or CBOR names an error, and which headers say more of it. */
export interface ErrorName {
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type ErrorNames = (error: WireError) => ErrorName;

export const namedByCode: ErrorNames = ({ code }) => ({ type: code, headers: {} });

/**
 * Of a service that spoke the query protocol first: the body has the name of the error's shape, a header the code that
 * clients have known since. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait
 * @param shapes the names of the shapes whose name is not their code
 */
export function namedByShape(shapes: Readonly<Record<string, string>>): ErrorNames {
  return (error) => ({
    type: shapes[error.code] ?? error.code,
    headers: { 'x-amzn-query-error': `${error.code};${isSenderFault(error) ? 'Sender' : 'Receiver'}` },
  });
}
