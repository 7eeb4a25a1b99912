import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect, type PeerCertificate } from 'node:tls';
import { createAuthority } from '../../../../../rehearsal/core/certificate';
import type { ResourceState } from '../../../../../rehearsal/core/service';
import { startTraffic } from '../../../../../rehearsal/runner/traffic';
import { Stack } from '../../../../support/rehearsal/elasticloadbalancing';
import { until } from '../../../../support/until';

const certificate = (id: number) => ({ CertificateArn: `arn:aws:acm:us-east-1:111111111111:certificate/${id}` });

let stack: Stack;
let listener: ResourceState;
let properties: Record<string, unknown>;
let url: URL;
let ca: string;
beforeEach(async () => {
  stack = new Stack();
  const balancer = await stack.create('LoadBalancer', { Name: 'web', SecurityGroups: ['sg'] });
  properties = {
    LoadBalancerArn: balancer.physicalId,
    Port: 443,
    Protocol: 'HTTPS',
    Certificates: [certificate(1)],
    DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
  };
  listener = await stack.create('Listener', properties);
  await stack.create('ListenerRule', {
    ListenerArn: listener.physicalId,
    Priority: 1,
    Conditions: [{ Field: 'host-header', Values: ['shop.example.com'] }],
    Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: 'secure' } }],
  });
  url = new URL(stack.elb.listenerUrl(listener.physicalId));
  ca = readFileSync(stack.world.network.authorityFile ?? '', 'utf8');
});
afterEach(() => stack.end());

/** A handshake that verifies issuer and name. @throws Error whose code says what did not match */
function handshake(servername: string, host = '127.0.0.1'): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(url.port), host, servername, ca }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

test('an authority and what it issues are well-formed', () => {
  const authority = createAuthority();
  const root = new X509Certificate(authority.cert);
  const leaf = new X509Certificate(authority.issue(['shop.example.com', '127.0.0.1']).cert);
  expect({ ca: root.ca, own: root.verify(root.publicKey) }).toEqual({ ca: true, own: true });
  expect({ ca: leaf.ca, signed: leaf.verify(root.publicKey), issued: leaf.checkIssued(root) }).toEqual({
    ca: false,
    signed: true,
    issued: true,
  });
  expect(leaf.checkHost('shop.example.com')).toBe('shop.example.com');
  expect(leaf.checkHost('other.example.com')).toBeUndefined();
  expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1');
});

test('a listener has a certificate for every server name, also a machine that connects by address', async () => {
  expect(url.protocol).toBe('https:');
  expect(await handshake('shop.example.com')).toMatchObject({ subjectaltname: 'DNS:shop.example.com' });
  expect(await handshake('Other.Example.com')).toMatchObject({ subjectaltname: 'DNS:other.example.com' });
  expect(await handshake('')).toMatchObject({ subjectaltname: 'DNS:localhost, IP Address:127.0.0.1' });
  expect(await handshake('localhost')).toMatchObject({ subjectaltname: 'DNS:localhost, IP Address:127.0.0.1' });
});

test("a load balancer's own name is covered by no certificate, as on AWS", async () => {
  await expect(handshake('web-1.us-east-1.elb.amazonaws.com')).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
});

test('another certificate and another security policy are shown to the next handshake, and nothing open is cut', async () => {
  const before = await handshake('shop.example.com');
  const open = connect({ port: Number(url.port), host: '127.0.0.1', servername: 'shop.example.com', ca });
  await new Promise((resolve) => open.once('secureConnect', resolve));
  expect(open.getProtocol()).toBe('TLSv1.2');
  const changed = { ...properties, SslPolicy: 'ELBSecurityPolicy-TLS13-1-3-2021-06', Certificates: [certificate(2)] };
  await stack.update('Listener', listener, changed);
  await until(
    'the certificate',
    async () => (await handshake('shop.example.com')).fingerprint256 !== before.fingerprint256,
  );
  const old = connect({ port: Number(url.port), host: '127.0.0.1', ca, maxVersion: 'TLSv1.2' });
  const error = await new Promise<Error>((resolve) => old.once('error', resolve));
  expect(error).toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
  expect(open.destroyed).toBe(false);
  open.destroy();
  await expect(stack.update('Listener', listener, { ...properties, SslPolicy: 'Mine' })).rejects.toThrow(
    "SSL policy 'Mine' not found",
  );
});

test('names that a client invents are given up again', async () => {
  const before = await handshake('first.example.com');
  expect((await handshake('first.example.com')).fingerprint256).toBe(before.fingerprint256);
  for (let n = 0; n < 260; n++) await handshake(`n${n}.example.com`);
  expect((await handshake('first.example.com')).fingerprint256).not.toBe(before.fingerprint256);
});

/** Asks for `/` under a host name. */
function statusFor(servername: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: url.port, servername, headers: { host: servername }, ca, agent: false };
    get(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).once('error', reject);
  });
}

test('load reaches an HTTPS listener under a host name, verified', async () => {
  // A rule takes effect some time after it is made.
  await until('the rule', async () => (await statusFor('shop.example.com')) === 200);
  const traffic = startTraffic({
    url: url.href,
    clock: stack.world.clock,
    ratePerSecondWall: 100,
    host: 'shop.example.com',
    certificateAuthority: ca,
  });
  await until('traffic', () => stack.access.length > 5);
  const { records } = await traffic.stop();
  expect(new Set(records.map(({ status, error }) => status ?? error))).toEqual(new Set([200]));
});

test('load that does not trust the authority is lost', async () => {
  const traffic = startTraffic({ url: url.href, clock: stack.world.clock, ratePerSecondWall: 100 });
  await new Promise((resolve) => setImmediate(resolve));
  const { records } = await traffic.stop();
  expect(records.length).toBeGreaterThan(0);
  expect(new Set(records.map(({ error }) => error))).toEqual(new Set(['UNABLE_TO_VERIFY_LEAF_SIGNATURE']));
});
