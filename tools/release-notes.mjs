// Prints the section of CHANGELOG.md for a version: the notes of its release. `npm run release-notes -- v0.1.0`
import { readFileSync } from 'node:fs';

/** @returns what is wrong with releasing this tag, or the text of its section */
export function releaseNotes(tag, { version, changelog }) {
  if (tag !== `v${version}`)
    return { problem: `the tag is ${tag}, and package.json has version ${version}: tag v${version}` };
  const [, rest] = changelog.split(
    new RegExp(`^## \\[?${version.replaceAll('.', '\\.')}\\]? - \\d{4}-\\d{2}-\\d{2}$`, 'm'),
  );
  const text = rest?.split(/^## /m)[0]?.trim();
  return text
    ? { text }
    : {
        problem: `CHANGELOG.md has no section "## ${version} - <date>" with an entry: move the lines of Unreleased there`,
      };
}

if (process.argv[1] === import.meta.filename) {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const { text, problem } = releaseNotes(process.argv[2] ?? `v${version}`, {
    version,
    changelog: readFileSync('CHANGELOG.md', 'utf8'),
  });
  if (problem !== undefined) {
    console.error(`release-notes: ${problem}`);
    process.exit(2);
  }
  console.log(text);
}
