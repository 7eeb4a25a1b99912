import type { Credentials, Principal } from './service';

/** Condition keys of one request; names are compared without case. A list is a multivalued key. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

export interface Access {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly context?: RequestContext;
  /** Where the call is made; by default the account's first region. */
  readonly region?: string;
  readonly resourcePolicy?: unknown;
}

export interface Session {
  readonly principal: Principal;
  readonly credentials: Credentials;
  /** Whether it expires on the machine's clock, because that is the clock of the client that requested it. */
  readonly onRealTime?: boolean;
  /** Sessions of AWS services are renewed by AWS before they expire, so theirs are not refused. */
  readonly renewed: boolean;
}

/** What the endpoint and the services need of IAM: services/iam has it. */
export interface AccessControl {
  /** @throws AwsError AccessDeniedException, recorded as the event `iam denied` */
  authorize(access: Access): void;
  sessionOf(accessKeyId: string): Session | undefined;
  isExpired(session: Session, realMs: number): boolean;
  credentialsFor(roleArn: string, sessionName: string): Credentials;
  principalOf(roleArn: string, sessionName: string): Principal;
}
