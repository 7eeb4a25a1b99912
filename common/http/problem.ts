import { describeError } from '../errors';
import { ContentProblem } from './response-content';

/** What went wrong in an exchange, in the field's words and with the cause's own. */
export interface ExchangeProblem {
  /** `gate`: an error that is not the target's. */
  readonly kind: 'connection' | 'TLS' | 'response' | 'body' | 'request' | 'gate';
  /** As in `connection was refused (connect ECONNREFUSED 10.0.0.1:80)`. */
  readonly text: string;
}

type Row = readonly [code: RegExp, kind: ExchangeProblem['kind'], text: string];

/** By the error's code. https://nodejs.org/docs/latest-v20.x/api/errors.html */
const ROWS: readonly Row[] = [
  [/^ECONNREFUSED$/, 'connection', 'refused'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED)$/, 'connection', 'closed by the server before the response was complete'],
  [/^(ENOTFOUND|EAI_\w+)$/, 'connection', 'impossible, as the name does not resolve'],
  [
    /^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT)$/,
    'connection',
    'impossible, as there is no way to the address',
  ],
  [/^HPE_HEADER_OVERFLOW$/, 'response', 'one with too many headers'],
  [/^HPE_/, 'response', 'not HTTP'],
  [
    /^(ERR_TLS_|ERR_SSL_|EPROTO|CERT_|DEPTH_|UNABLE_|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/,
    'TLS',
    'refused',
  ],
  [/^ERR_(INVALID|UNESCAPED)/, 'request', 'one that cannot be sent'],
];

export function exchangeProblem(error: unknown): ExchangeProblem {
  if (error instanceof ContentProblem) return { kind: 'body', text: error.message };
  const [cause] = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  const { code = '' } = (error ?? {}) as NodeJS.ErrnoException;
  const row = ROWS.find(([pattern]) => pattern.test(code));
  if (row) return { kind: row[1], text: `${row[2]} (${describeError(cause)})` };
  if (code !== '') return { kind: 'connection', text: `broken (${describeError(cause)})` };
  return { kind: 'gate', text: describeError(error) };
}

/** The same in one phrase: `connection refused (...)`. */
export function describeExchange(error: unknown): string {
  const { kind, text } = exchangeProblem(error);
  return kind === 'gate' ? text : `${kind} was ${text}`;
}
