// `npm test` within `npm run check`, unless GREENLIGHT_TESTED says that it passed on exactly this commit: .ci/run runs it first, as
// README says it to a fresh clone.
import { spawnSync } from 'node:child_process';

const git = (...args) => spawnSync('git', args, { encoding: 'utf8' }).stdout?.trim();

const tested = process.env.GREENLIGHT_TESTED;
if (tested && tested === git('rev-parse', 'HEAD') && git('status', '--porcelain') === '') {
  console.log(`npm test: passed on commit ${tested} already (GREENLIGHT_TESTED), and nothing has changed since`);
} else {
  process.exitCode = spawnSync('npm', ['test'], { stdio: 'inherit' }).status ?? 1;
}
