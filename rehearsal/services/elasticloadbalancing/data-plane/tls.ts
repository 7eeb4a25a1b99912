import type { ServerOptions } from 'node:https';
import { createSecureContext, type SecureContext, type SecureVersion } from 'node:tls';
import type { Authority, KeyAndCertificate } from '../../../core/certificate';
import { AwsError } from '../../../core/service';
import type { Listener } from '../state';

/** What clients on this machine connect to: no server name goes with an address. */
const OWN_NAMES = ['localhost', '127.0.0.1'];

/** The largest number of cached certificates; a client that invents names cannot fill the memory. */
const NAMES_MAX = 256;

export type TlsSettings = Pick<Listener, 'certificateArns' | 'sslPolicy'>;

/** When CloudFormation names none, as that of the CLI. */
const DEFAULT_POLICY = 'ELBSecurityPolicy-2016-08';

/**
 * The TLS versions of a security policy, by its name; Node chooses the ciphers.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
 * @throws AwsError SSLPolicyNotFound
 */
export function versionsOf(policy = DEFAULT_POLICY): { minVersion: SecureVersion; maxVersion: SecureVersion } {
  if (!policy.startsWith('ELBSecurityPolicy-')) {
    throw new AwsError('SSLPolicyNotFound', `SSL policy '${policy}' not found`);
  }
  const [, newest, least = '0'] = /-(?:TLS(13)?|FS)-1-([0-3])-/.exec(policy) ?? [];
  const minVersion = (least === '0' ? 'TLSv1' : `TLSv1.${least}`) as SecureVersion;
  return { minVersion, maxVersion: newest ? 'TLSv1.3' : 'TLSv1.2' };
}

/**
 * The certificates of HTTPS listeners. What an ACM certificate covers cannot be known here, so each server
 * name gets a certificate for it; a load balancer's own name gets none, because no certificate of ACM covers it.
 */
export class ListenerTls {
  private readonly contexts = new Map<string, SecureContext>();
  private readonly own = new Map<string, KeyAndCertificate>();

  constructor(private readonly authority: Authority) {}

  /** For `https.createServer`, and for its `setSecureContext` when the listener's certificate or policy has changed. */
  options(settings: () => TlsSettings): ServerOptions {
    return {
      ...this.issued(settings().certificateArns, OWN_NAMES),
      ...versionsOf(settings().sslPolicy),
      // Without a context Node uses the certificate above, as a listener does with its default one.
      SNICallback: (name, done) => done(null, this.contextOf(settings().certificateArns, name.toLowerCase())),
    };
  }

  /** Another certificate in ACM is another one here. */
  private issued(certificateArns: readonly string[], names: readonly string[]): KeyAndCertificate {
    const key = [...certificateArns, ...names].join(' ');
    return cached(this.own, key, () => this.authority.issue(names));
  }

  private contextOf(certificateArns: readonly string[], name: string): SecureContext | undefined {
    if (!/^[a-z0-9.-]{1,253}$/.test(name) || name.endsWith('.elb.amazonaws.com') || name === 'localhost')
      return undefined;
    return cached(this.contexts, [...certificateArns, name].join(' '), () =>
      createSecureContext(this.authority.issue([name])),
    );
  }
}

/** Made once, and again after so many others that it was given up. */
function cached<T>(all: Map<string, T>, key: string, make: () => T): T {
  const found = all.get(key);
  if (found !== undefined) return found;
  const [oldest] = all.keys();
  if (all.size >= NAMES_MAX && oldest !== undefined) all.delete(oldest);
  const made = make();
  all.set(key, made);
  return made;
}
