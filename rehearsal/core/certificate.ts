import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A private key and a certificate in PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

const oid = {
  commonName: '550403',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  ecdsaWithSha256: '2a8648ce3d040302',
} as const;

/** Signs certificates for the rehearsal's HTTPS listeners. */
export interface Authority {
  /** Its own certificate in PEM: who trusts it trusts what it issues. */
  readonly cert: string;
  /** A certificate for DNS names and IPv4 addresses, with a key of its own. */
  issue(names: readonly string[]): KeyAndCertificate;
}

const AUTHORITY = 'Greenlight rehearsal';

/**
 * ACM's private keys never leave AWS, so HTTPS listeners are rehearsed with certificates of an authority that lives as
 * long as the rehearsal. Node has no certificate maker, hence the few lines of DER (RFC 5280, 4.1).
 * @param nowMs real time; all is valid from a day before it for ten years
 */
export function createAuthority(nowMs = Date.now()): Authority {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signed = (subject: string, publicKey: KeyObject, extensions: readonly Buffer[]) =>
    certificate({ subject, publicKey, extensions, nowMs, signer: authority.privateKey });
  return {
    cert: signed(AUTHORITY, authority.publicKey, [basicConstraints()]),
    issue: (names) => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return { key: pemKey(privateKey), cert: signed('Rehearsed listener', publicKey, [alternativeNames(names)]) };
    },
  };
}

interface CertificateSpec {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly nowMs: number;
  readonly signer: KeyObject;
}

function certificate({ subject, publicKey, extensions, nowMs, signer }: CertificateSpec): string {
  const algorithm = sequence(objectId(oid.ecdsaWithSha256));
  const body = sequence(
    tagged(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
    algorithm,
    distinguishedName(AUTHORITY),
    sequence(time(nowMs - 86_400_000), time(nowMs + 3_650 * 86_400_000)),
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, signer);
  return pem('CERTIFICATE', sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature]))));
}

function pemKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function tagged(tag: number, content: Buffer): Buffer {
  return der(tag, content);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function objectId(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function distinguishedName(name: string): Buffer {
  const attribute = sequence(objectId(oid.commonName), der(0x0c, Buffer.from(name)));
  return sequence(der(0x31, attribute));
}

/** UTCTime, `YYMMDDHHMMSSZ`. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

/** CA true, so that clients can be configured to trust this very certificate. */
function basicConstraints(): Buffer {
  const yes = der(0x01, Buffer.from([0xff]));
  return sequence(objectId(oid.basicConstraints), yes, der(0x04, sequence(yes)));
}

/** Tag 7 is an address in bytes, tag 2 a DNS name (RFC 5280, 4.2.1.6). */
function alternativeNames(names: readonly string[]): Buffer {
  const entries = names.map((name) =>
    isIPv4(name) ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name)),
  );
  return sequence(objectId(oid.subjectAltName), der(0x04, sequence(...entries)));
}
