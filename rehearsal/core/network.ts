import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Authority, createAuthority } from './certificate';
import { Injections } from './injection/injections';
import { SecretPath } from './secret';

/**
 * The rehearsed VPC: which address and port of AWS is which port on loopback, and which security groups let whom in.
 * The load balancer's data plane and every Lambda process ask it before they connect, so a security group that would
 * shut the gate out on AWS shuts it out here.
 */
export interface NetworkEndpoint {
  /** Private addresses of its network interfaces, `10.0.x.y`. */
  readonly privateAddresses: readonly string[];
  /** DNS names; they resolve to private addresses unless `internetFacing`. */
  readonly names: readonly string[];
  /** Then its names resolve to public addresses, also inside the VPC, and security-group sources do not match. */
  readonly internetFacing: boolean;
  readonly port: number;
  /** The port on 127.0.0.1 that really listens. */
  readonly localPort: number;
  readonly securityGroupIds: readonly string[];
}

/** Where a connection comes from: security groups of its network interface, or `undefined` from the internet. */
export interface NetworkSource {
  readonly securityGroupIds?: readonly string[];
}

export type Route = { readonly localPort: number } | { readonly error: 'ENOTFOUND' | 'ECONNREFUSED' | 'ETIMEDOUT' };

/** Decides from the security groups' rules; the EC2 service is one. */
export interface Firewall {
  /** @param viaPrivateAddress whether rules that name a source security group can match */
  allows(target: readonly string[], port: number, source: NetworkSource, viaPrivateAddress: boolean): boolean;
}

/** An elastic network interface, as ec2:DescribeNetworkInterfaces shows it. */
export interface NetworkInterface {
  /** `ELB app/<name>/<id>` for a load balancer's. */
  readonly description: string;
  readonly privateAddress: string;
  readonly subnetId?: string;
  readonly securityGroupIds: readonly string[];
}

export class Network {
  /** Of tasks, by their private address. */
  readonly injections = new Injections();
  /** Where a rehearsed program asks `resolve`. */
  readonly route = new SecretPath('/_rehearsal/network/');
  private certified?: { readonly authority: Authority; readonly file: string };
  private readonly endpoints = new Set<NetworkEndpoint>();
  private readonly interfaces = new Set<NetworkInterface>();
  private readonly sources: ((name: string) => NetworkSource | undefined)[] = [];
  private allocated = 0;
  private firewall: Firewall = { allows: () => true };

  /** The one authority behind the HTTPS servers here; the first call makes it and writes its certificate. */
  authorityIn(directory: string): Authority {
    if (!this.certified) {
      this.certified = { authority: createAuthority(), file: join(directory, 'authority.pem') };
      writeFileSync(this.certified.file, this.certified.authority.cert);
    }
    return this.certified.authority;
  }

  /** PEM of that authority, for clients that verify. */
  get authorityFile(): string | undefined {
    return this.certified?.file;
  }

  /** @param find where connections of a program come from, by its name; undefined for one that is not the service's */
  addSources(find: (name: string) => NetworkSource | undefined): void {
    this.sources.push(find);
  }

  /** A program that nobody has is on the internet. */
  sourceOf(name: string): NetworkSource {
    for (const find of this.sources) {
      const found = find(name);
      if (found) return found;
    }
    return {};
  }

  useFirewall(firewall: Firewall): void {
    this.firewall = firewall;
  }

  /** @returns a function that takes the endpoint off the network */
  register(endpoint: NetworkEndpoint): () => void {
    this.endpoints.add(endpoint);
    return () => void this.endpoints.delete(endpoint);
  }

  /** An interface with a private address of its own in 10.0.0.0/16. @returns it, and a function that deletes it */
  addInterface(spec: Omit<NetworkInterface, 'privateAddress'>): { interface: NetworkInterface; remove: () => void } {
    this.allocated += 1;
    const privateAddress = `10.0.${Math.floor(this.allocated / 250) + 1}.${(this.allocated % 250) + 4}`;
    const added = { ...spec, privateAddress };
    this.interfaces.add(added);
    return { interface: added, remove: () => void this.interfaces.delete(added) };
  }

  listInterfaces(): readonly NetworkInterface[] {
    return [...this.interfaces];
  }

  /**
   * As a connection attempt in the VPC would end: unknown host, nothing listening, or dropped by a security group
   * (which shows as a timeout).
   */
  resolve(given: string, port: number, source: NetworkSource): Route {
    // Names have no case, and a URL is read in lower case: RFC 4343.
    const host = given.toLowerCase();
    const here = [...this.endpoints].filter((e) => e.privateAddresses.includes(host) || hasName(e, host));
    if (here.length === 0) return { error: /^[\d.]+$/.test(host) ? 'ETIMEDOUT' : 'ENOTFOUND' };
    const endpoint = here.find((e) => e.port === port);
    const viaPrivate = !here.some((e) => e.internetFacing && hasName(e, host));
    const groups = (endpoint ?? here[0])?.securityGroupIds ?? [];
    if (!this.firewall.allows(groups, port, source, viaPrivate)) return { error: 'ETIMEDOUT' };
    return endpoint ? { localPort: endpoint.localPort } : { error: 'ECONNREFUSED' };
  }
}

const hasName = ({ names }: NetworkEndpoint, host: string) => names.some((name) => name.toLowerCase() === host);
