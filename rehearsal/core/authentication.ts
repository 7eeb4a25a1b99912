import { ScaledClock } from './clock';
import type { AccessControl, Session } from './access';
import type { Principal, World } from './service';
import type { ReceivedRequest } from './wire/canonical';
import { readSignature, type Scope, signatureScope, signedAtMs } from './wire/signature';
import { type Dialect, signatureError, SignatureProblem } from './wire/signature-problem';
import { clockOf, type Times, verify } from './wire/verify';

/** Who sent a request, and what is in it. */
export interface Authenticated {
  readonly principal: Principal;
  /** The body's content: S3's clients frame it. */
  readonly body: Buffer;
  /** The client's present when it lives on the machine's clock and not on AWS time. */
  readonly realMs?: number;
}

/** @throws SignatureProblem for a request without a signature, or one that does not say for what */
export function claimedScope(request: ReceivedRequest): Scope {
  const scope = signatureScope(request);
  if (scope) return scope;
  const { headers, query } = request;
  const isOfOtherKind = ['X-Amz-Algorithm', 'AWSAccessKeyId'].some((name) => query.has(name));
  if (headers.authorization === undefined && !isOfOtherKind) {
    throw new SignatureProblem('missing', 'Missing Authentication Token');
  }
  const sentence = 'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.';
  throw new SignatureProblem('incomplete', sentence);
}

/** @throws AwsError as a service of that dialect refuses the request */
export function authenticate(
  authority: AccessControl,
  request: ReceivedRequest,
  { scope, dialect, times }: { readonly scope: Scope; readonly dialect: Dialect; readonly times: Times },
): Authenticated {
  try {
    const session = currentSession(authority, scope, times);
    const isOnRealTime = clockOf(signedAtMs(request), times) === times.realMs;
    return {
      principal: session.principal,
      ...(isOnRealTime && { realMs: times.realMs }),
      body: verify(request, readSignature(request, scope), session.credentials, times),
    };
  } catch (error) {
    throw error instanceof SignatureProblem ? signatureError(error, dialect) : error;
  }
}

/** Nobody's real credentials mean anything here: a key is one that this AWS issued. */
function currentSession(authority: AccessControl, { accessKeyId }: Scope, { realMs }: Times): Session {
  const session = authority.sessionOf(accessKeyId);
  if (!session) throw new SignatureProblem('unknown-key', 'The security token included in the request is invalid.');
  if (authority.isExpired(session, realMs)) {
    throw new SignatureProblem('expired-token', 'The security token included in the request is expired');
  }
  return session;
}

export function timesOf({ clock }: Pick<World, 'clock'>): Times {
  return { awsMs: clock.now(), realMs: Date.now(), speed: clock instanceof ScaledClock ? clock.speed : 1 };
}
