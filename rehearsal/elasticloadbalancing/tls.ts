import { writeFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { createAuthority, type KeyAndCertificate } from './certificate';

/** What clients on this machine connect to: no server name goes with an address. */
const OWN_NAMES = ['localhost', '127.0.0.1'];

/** Certificates kept; a client that invents names cannot fill the memory. */
const NAMES_MAX = 256;

/**
 * What HTTPS listeners answer a TLS handshake with. What an ACM certificate covers cannot be known here, so each server
 * name gets a certificate for it; a load balancer's own name gets none, because no certificate of ACM covers it.
 */
export class ListenerTls {
  /** PEM of the authority, for clients that verify. */
  readonly authorityFile: string;
  private readonly authority = createAuthority();
  private readonly contexts = new Map<string, SecureContext>();
  private own?: KeyAndCertificate;

  constructor(directory: string) {
    this.authorityFile = join(directory, 'load-balancer-ca.pem');
    writeFileSync(this.authorityFile, this.authority.cert);
  }

  /** For `https.createServer`. */
  options(): ServerOptions {
    this.own ??= this.authority.issue(OWN_NAMES);
    return {
      ...this.own,
      // Without a context Node answers with the certificate above, as a listener does with its default one.
      SNICallback: (name, answer) => answer(null, this.contextOf(name.toLowerCase())),
    };
  }

  private contextOf(name: string): SecureContext | undefined {
    if (!/^[a-z0-9.-]{1,253}$/.test(name) || name.endsWith('.elb.amazonaws.com') || name === 'localhost')
      return undefined;
    let context = this.contexts.get(name);
    if (!context) {
      const [oldest] = this.contexts.keys();
      if (this.contexts.size >= NAMES_MAX && oldest !== undefined) this.contexts.delete(oldest);
      this.contexts.set(name, (context = createSecureContext(this.authority.issue([name]))));
    }
    return context;
  }
}
