import { X509Certificate } from 'node:crypto';
import { createAuthority } from '../../../rehearsal/core/certificate';

const NOW_MS = Date.UTC(2026, 0, 2);
const authority = createAuthority(NOW_MS);
const issued = (...names: string[]) => new X509Certificate(authority.issue(names).cert);

test('a certificate names every host and address, is of the authority and is valid for ten years', () => {
  const root = new X509Certificate(authority.cert);
  const certificate = issued('shop.example.com', '*.example.org', '127.0.0.1');
  expect(certificate.subjectAltName).toBe('DNS:shop.example.com, DNS:*.example.org, IP Address:127.0.0.1');
  expect(certificate.verify(root.publicKey)).toBe(true);
  expect([root.ca, certificate.ca]).toEqual([true, false]);
  expect(new Date(certificate.validFrom).toISOString()).toBe('2026-01-01T00:00:00.000Z');
  expect(new Date(certificate.validTo).getUTCFullYear()).toBe(2035);
});

// DER writes a length below 128 in one byte, up to 255 in two and above in three.
test.each(['127', '128', '255', '256', '257'])('a name field of %s bytes can be read', (length) => {
  const names: string[] = [];
  for (let left = Number(length); left > 0;) {
    // Each name takes two bytes for its tag and length; what is left after one of 63 must still fit another.
    const take = left <= 100 ? left : 63;
    names.push('a'.repeat(take - 2));
    left -= take;
  }
  expect(issued(...names).subjectAltName).toBe(names.map((name) => `DNS:${name}`).join(', '));
});
