import { readFileSync } from 'node:fs';
import { clone, figure, readmeCommands, shell, succeed } from './support';

/** README's first command, in a fresh clone: by itself, because it is measured. The second one is where .ci/run begins. */

const commands = readmeCommands();
const whole = commands.filter((command) => command.startsWith('npm ci && '));

test('every command is run: here, by .ci/run, by first-command.test.ts, or in an app of its own by foreign-app.test.ts', () => {
  const others = commands.filter((command) => /^npx (cdk deploy|greenlight )|cdk-greenlight-cli$/.test(command));
  expect([...whole, ...others].sort()).toEqual([...commands].sort());
  expect(whole).toEqual(['npm ci && npm run rehearse', 'npm ci && npm test']);
  expect(readFileSync('.ci/run', 'utf8')).toContain("step 'npm ci && npm test'");
});

test('npm ci && npm run rehearse: the README says it to a fresh clone, and it succeeds', async () => {
  const folder = clone();
  const { seconds, output } = await succeed('npm ci && npm run rehearse', folder);
  expect(output).not.toMatch(/failed to exit gracefully|did not exit one second after/);
  figure(`npm ci && npm run rehearse: ${seconds} s in a fresh clone`);
  expect((await shell('git status --porcelain', folder)).stdout).toBe('');
});
