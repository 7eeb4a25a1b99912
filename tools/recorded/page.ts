import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from './account';
import type { Listing } from './listed';

const PAGE = join(__dirname, '..', '..', 'docs', 'fidelity', 'recorded.md');

const HEAD = `# Recorded responses

Tests: \`test/tools/recorded\`, \`test/recorded.test.ts\`, \`test/recorded-facts.test.ts\`.

LocalStack's test suite has snapshots of what AWS responded. \`npm run recorded -- <folder>\` makes the same calls to the local AWS over HTTP,
and compares each response with its recording. Placeholders of a recording, such as \`<stack-id:1>\`, are any value, the same one each time. Lists may have another order, because the
recordings sort some of them. The inputs are in \`tools/recorded/sequences\`. They follow the tests of
[LocalStack](https://github.com/localstack/localstack/tree/8b9a79f05846835cf4dff63ab7eefdde9df83783/tests/aws/services) (Apache-2.0).

This page is written by \`npm run recorded -- --write <folder>\`.
`;

/** Writes docs/fidelity/recorded.md. */
export function writePage(account: Account): void {
  const { equal, listed, notModelled } = account;
  const listedCount = [...listed.values()].reduce((sum, { length }) => sum + length, 0);
  const missingCount = [...notModelled.values()].reduce((sum, count) => sum + count, 0);
  const total = equal + listedCount + missingCount;
  const counts = `Of ${total} recorded responses ${equal} are equal, ${listedCount} differ and are listed here, and ${missingCount} are not modelled or have no sequence yet.`;
  const sections = [
    HEAD,
    `${counts}\n`,
    '## Responses that differ\n',
    ...[...listed].map(sectionOf),
    missingSection(notModelled),
  ];
  writeFileSync(PAGE, sections.join('\n'));
}

function sectionOf([{ reason, members }, responses]: readonly [Listing, readonly string[]]): string {
  const tests = new Map<string, number>();
  for (const response of responses) {
    const file = response.slice(0, response.indexOf('::'));
    tests.set(file, (tests.get(file) ?? 0) + 1);
  }
  const where = [...tests].map(([file, count]) => `\`${file}\` (${count})`).join(', ');
  const what = members ? members.map((member) => `\`${member}\``).join(', ') : 'the whole response';
  return `- **${reason}**\n  - AWS: ${responses.length} recordings: ${where}\n  - Rehearsal: differs in ${what}`;
}

function missingSection(notModelled: Account['notModelled']): string {
  const sorted = [...notModelled].sort(([a, one], [b, two]) => two - one || (a < b ? -1 : 1));
  const lines = sorted.map(([what, count]) => `| \`${what}\` | ${count} |`);
  const head =
    'A test ends at the first call that the local AWS does not have. What it compares after that is counted here.\n';
  return ['\n## Not modelled\n', head, '| missing | responses |', '| --- | --- |', ...lines, ''].join('\n');
}
