const Sequencer = require('@jest/test-sequencer').default;

/**
 * What takes longest where nothing is known yet, as on a new machine: begun last, one of them would keep one worker busy long
 * after the other has nothing left to do.
 */
const LONGEST = [
  'main-job-ecs',
  'fault-matrix',
  'step-check',
  'commands.slow',
  'migrate-engine',
  'release-approval',
  'release-safety',
  'interrupt',
  'native-listener',
  'rehearse-init.slow',
  'comparison',
  'release-deleted',
  'listeners',
  'permissions.slow',
  'record.slow',
  'rehearse.slow',
  'histories.slow',
];

/** Jest's own order, by what a file took the last time or by its size, behind the longest. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const index = LONGEST.findIndex((name) => path.endsWith(`${name}.test.ts`));
      return index < 0 ? LONGEST.length : index;
    };
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
};
