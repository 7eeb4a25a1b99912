import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFolder } from '../../../lib/private/bundles';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'bundles-test-'))));
afterEach(() => rmSync(root, { recursive: true }));

test.each(['lib/private', 'dist/lib/private'])('is found from %s', (from) => {
  const bundle = join(root, 'bundles', 'gate');
  mkdirSync(bundle, { recursive: true });
  mkdirSync(join(root, from), { recursive: true });
  writeFileSync(join(bundle, 'index.js'), '');
  expect(bundleFolder('gate', join(root, from))).toBe(bundle);
});

test('says how to get a missing bundle', () => {
  expect(() => bundleFolder('gate', root)).toThrow(/bundles\/gate\/index.js is missing: run `npm run bundle`/);
});
