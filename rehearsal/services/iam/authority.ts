import type { Access, AccessControl, RequestContext, Session } from '../../core/access';
import { secrets } from '../../core/secret';
import { AwsError, type Credentials, type Principal, type World } from '../../core/service';
import { type Decision, evaluate, evaluateResourcePolicy, evaluateTrust } from './evaluate';
import { parsePolicy } from './policy';
import type { IamState, Role } from './state';

type AuthorityWorld = Pick<World, 'accountId' | 'region' | 'clock' | 'events'>;

const KEY_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const SECRET_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Decides who may do what, and issues and recognises credentials. */
export class Authority implements AccessControl {
  constructor(
    private readonly world: AuthorityWorld,
    private readonly state: IamState,
    private readonly authorityOf: (arn: string) => Authority | undefined = () => undefined,
  ) {}

  /** @throws AwsError AccessDeniedException, recorded as the event `iam denied` */
  authorize(access: Access): void {
    if (access.principal.kind === 'internal') return;
    const decision = this.decide(access);
    if (decision.result !== 'allowed') throw this.deny(access, decision);
    const { principal, action } = access;
    // A resource's own policy is not a grant of the role.
    if (decision.statement && decision.statement.Principal === undefined)
      this.accountOf(principal.arn).state.usage.allow(principal.arn, decision.statement, action);
  }

  /** Within an account either policy may allow, and each may deny. */
  decide({ principal, action, resource, context, region, resourcePolicy }: Access): Decision {
    const policies = this.accountOf(principal.arn).state.policiesOf(principal.arn);
    const request = { action, resource, context: { ...this.globalContext(principal, region), ...context } };
    const own = evaluate(policies, request);
    if (resourcePolicy === undefined || own.result === 'explicitDeny') return own;
    const { accountId } = this.world;
    const theirs = evaluateResourcePolicy(parsePolicy(resourcePolicy), {
      ...request,
      principal: principal.arn,
      accountId,
    });
    return theirs.result === 'implicitDeny' ? own : theirs;
  }

  /**
   * A session of a role for a principal that its trust policy admits.
   * @throws AwsError AccessDenied, in AWS's words also when there is no such role
   */
  assumeRole(principal: Principal, roleArn: string, sessionName: string, options: AssumeOptions = {}): Issued {
    const access: Access = { principal, action: 'sts:AssumeRole', resource: roleArn };
    const account = this.accountOf(roleArn);
    const role = account.state.roleByArn(roleArn);
    const trust = role && account.trustOf(role, principal.arn, options);
    const own = this.decide(access);
    if (
      own.result === 'explicitDeny' ||
      !role ||
      !(trust === 'trusted' || (trust === 'delegated' && own.result === 'allowed'))
    ) {
      throw this.deny(access, own.result === 'explicitDeny' ? own : { result: 'implicitDeny' }, 'AccessDenied');
    }
    const duration = options.durationSeconds ?? 3600;
    if (duration > role.maxSessionDuration) {
      throw new AwsError(
        'ValidationError',
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      );
    }
    return { role, credentials: this.issue(this.principalOf(roleArn, sessionName), duration, false, options.realMs) };
  }

  /** @throws Error in AWS's words when the role's trust policy does not name the service */
  assertTrusts(roleArn: string, servicePrincipal: string): void {
    const role = this.state.roleByArn(roleArn);
    if (!role) throw new AwsError('ValidationError', `The role ${roleArn} does not exist.`);
    if (this.trustOf(role, servicePrincipal, {}) !== 'trusted') {
      const service = servicePrincipal.split('.')[0];
      throw new AwsError(
        'InvalidParameterValueException',
        `The role ${roleArn} cannot be assumed by ${service}: its trust policy does not allow sts:AssumeRole to ${servicePrincipal}`,
      );
    }
  }

  /** Twelve hours at most, as a role's session may last; AWS services renew theirs. */
  credentialsFor(roleArn: string, sessionName: string): Credentials {
    return this.issue(this.principalOf(roleArn, sessionName), 12 * 3600, true);
  }

  principalOf(roleArn: string, sessionName: string): Principal {
    const name = roleArn.split('/').at(-1) ?? '';
    const [, partition = '', , , account = ''] = roleArn.split(':');
    const callerArn = `arn:${partition}:sts::${account}:assumed-role/${name}/${sessionName}`;
    return { arn: roleArn, callerArn, kind: 'role' };
  }

  /** Long-lived keys of a user. */
  accessKeyFor(userArn: string): Credentials {
    const accessKeyId = `AKIA${secrets.token(16, KEY_LETTERS)}`;
    const secretAccessKey = secrets.token(40, SECRET_LETTERS);
    const credentials = { accessKeyId, secretAccessKey, sessionToken: '', expiresAtMs: Infinity };
    const principal: Principal = { arn: userArn, callerArn: userArn, kind: 'user' };
    this.state.sessions.set(accessKeyId, { principal, credentials, renewed: true });
    return credentials;
  }

  /** @returns undefined for a key that this AWS did not issue */
  sessionOf(accessKeyId: string): Session | undefined {
    return this.state.sessions.get(accessKeyId);
  }

  /** The authority of the account that an ARN names; without others this one. */
  private accountOf(arn: string): Authority {
    return this.authorityOf(arn) ?? this;
  }

  isExpired({ renewed, onRealTime, credentials }: Session, realMs: number): boolean {
    return !renewed && credentials.expiresAtMs <= (onRealTime ? realMs : this.world.clock.now());
  }

  /** @param realMs the client's present when it lives on the machine's clock; else the session lasts in AWS time */
  private issue(principal: Principal, durationSeconds: number, renewed: boolean, realMs?: number): Credentials {
    const credentials: Credentials = {
      accessKeyId: `ASIA${secrets.token(16, KEY_LETTERS)}`,
      secretAccessKey: secrets.token(40, SECRET_LETTERS),
      sessionToken: secrets.token(120, SECRET_LETTERS),
      expiresAtMs: (realMs ?? this.world.clock.now()) + durationSeconds * 1000,
    };
    this.state.sessions.set(credentials.accessKeyId, {
      principal,
      credentials,
      renewed,
      onRealTime: realMs !== undefined,
    });
    return credentials;
  }

  private trustOf(role: Role, principal: string, options: AssumeOptions) {
    const context: Record<string, string> = {
      'aws:SourceAccount': this.world.accountId,
      ...(options.externalId !== undefined && { 'sts:ExternalId': options.externalId }),
    };
    return evaluateTrust(role.trust, {
      action: 'sts:AssumeRole',
      principal,
      accountId: this.world.accountId,
      context,
    });
  }

  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
  private globalContext(principal: Principal, region = this.world.region): RequestContext {
    const { accountId, clock } = this.world;
    const now = clock.now();
    return {
      'aws:PrincipalArn': principal.arn,
      'aws:PrincipalAccount': principal.arn.split(':')[4] ?? accountId,
      'aws:PrincipalType': principal.kind === 'user' ? 'User' : 'AssumedRole',
      'aws:ResourceAccount': accountId,
      's3:ResourceAccount': accountId,
      'aws:RequestedRegion': region,
      'aws:SecureTransport': 'true',
      'aws:CurrentTime': new Date(now).toISOString(),
      'aws:EpochTime': String(Math.floor(now / 1000)),
      ...(principal.kind === 'user' && { 'aws:username': principal.arn.split('/').at(-1) ?? '' }),
    };
  }

  /**
   * A resource's own policy decides about an AWS service that calls for itself.
   * @throws AwsError AuthorizationError
   */
  authorizeService(policy: unknown, access: { service: string; action: string; resource: string }): void {
    const { service, action, resource } = access;
    const { accountId } = this.world;
    const context = { 'aws:SecureTransport': 'true', 'aws:SourceAccount': accountId };
    const request = { principal: service, accountId, action, resource, context };
    if (policy !== undefined && evaluateResourcePolicy(parsePolicy(policy), request).result === 'allowed') return;
    const sentence =
      `User: ${service} is not authorized to perform: ${action} on resource: ${resource} because no resource-based ` +
      `policy allows the ${action} action`;
    this.world.events.record('iam', 'denied', sentence, { principal: service, action, resource });
    throw new AwsError('AuthorizationError', sentence, 403);
  }

  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
  private deny({ principal, action, resource }: Access, decision: Decision, code = 'AccessDeniedException'): AwsError {
    const why =
      decision.result === 'explicitDeny'
        ? `with an explicit deny in ${decision.statement?.Principal === undefined ? 'an identity-based' : 'a resource-based'} policy`
        : `because no identity-based policy allows the ${action} action`;
    const sentence = `User: ${principal.callerArn} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
    // The last log lines of a function whose role has just been deleted lack no grant.
    const event = this.accountOf(principal.arn).state.isDeleted(principal.arn) ? 'denied-deleted' : 'denied';
    this.world.events.record('iam', event, sentence, { principal: principal.arn, action, resource });
    this.accountOf(principal.arn).state.usage.deny(principal.arn, action, resource);
    return new AwsError(code, sentence, 403);
  }
}

export interface AssumeOptions {
  readonly externalId?: string;
  /** Default 3600. */
  readonly durationSeconds?: number;
  /** The client's present when it lives on the machine's clock. */
  readonly realMs?: number;
}

export interface Issued {
  readonly role: Role;
  readonly credentials: Credentials;
}
