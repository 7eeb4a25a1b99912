import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

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

/**
 * A certificate for DNS names, signed by its own key: ACM's private keys never leave AWS, so an HTTPS listener is
 * rehearsed with this one. Node has no certificate maker, hence the few lines of DER (RFC 5280, 4.1).
 * @param nowMs wall time; valid from a day before it for ten years
 */
export function selfSigned(names: readonly string[], nowMs = Date.now()): KeyAndCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectId(oid.ecdsaWithSha256));
  const body = sequence(
    tagged(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
    algorithm,
    distinguishedName('Greenlight rehearsal'),
    sequence(time(nowMs - 86_400_000), time(nowMs + 3_650 * 86_400_000)),
    distinguishedName('Greenlight rehearsal'),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(basicConstraints(), alternativeNames(names))),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return { key: pemKey(privateKey), cert: pem('CERTIFICATE', certificate) };
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

/** CA true, so that clients can be told to trust this very certificate. */
function basicConstraints(): Buffer {
  const yes = der(0x01, Buffer.from([0xff]));
  return sequence(objectId(oid.basicConstraints), yes, der(0x04, sequence(yes)));
}

function alternativeNames(names: readonly string[]): Buffer {
  const entries = names.map((name) => der(0x82, Buffer.from(name)));
  return sequence(objectId(oid.subjectAltName), der(0x04, sequence(...entries)));
}
