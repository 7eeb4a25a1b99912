import type { HttpResponse, HttpRequest } from '../../common/http';
import type { CheckResult } from '../results';
import type { TlsVerification } from '../../common/http';

/** Where and how the checks of a run are sent. */
export interface CheckTarget {
  readonly base: URL;
  /** Private addresses to connect to, in turn; empty: by name. */
  readonly addresses: readonly string[];
  readonly hostName?: string;
  readonly tlsVerification: TlsVerification;
  readonly exchange: (request: HttpRequest) => Promise<HttpResponse>;
  /** The overall timeout. */
  readonly signal: AbortSignal;
  /** The overall timeout for messages, in milliseconds. */
  readonly limitMs: number;
  /** The values of the suite's variables. Default none. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The text of a secret by its ARN. Default: from AWS, with the credentials of this process. */
  readonly readSecret?: (arn: string, signal: AbortSignal) => Promise<string>;
  /** How many checks run at the same time. Default 8. */
  readonly concurrency?: number;
  /** Called with each result as it comes, with secrets masked. */
  readonly onResult?: (result: CheckResult, index: number) => void;
}

/** The origins by which a service may name the target in its redirects. */
export function originsOf({ base, hostName }: Pick<CheckTarget, 'base' | 'hostName'>): readonly string[] {
  if (hostName === undefined) return [base.origin];
  return [base.origin, new URL(`${base.protocol}//${hostName}${base.port && `:${base.port}`}`).origin];
}
