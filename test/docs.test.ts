import { readFileSync } from 'node:fs';
import { defaultParameters } from '../rehearsal/parameters';

test('docs/fidelity.md lists every parameter with the default in force', () => {
  const rows = [...readFileSync('docs/fidelity.md', 'utf8').matchAll(/^\| `(\w+)` *\| (\d+) /gm)];
  expect(Object.fromEntries(rows.map(([, name, value]) => [name, Number(value)]))).toEqual(defaultParameters);
});
