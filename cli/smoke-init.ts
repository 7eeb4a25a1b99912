import { writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CommandFailure, ExitCode } from './failure';
import { schemaPath } from './schema-line';

/** A suite that runs without changes against most services, and shows the other fields. */
const FIRST_SUITE = `# What a release must pass before any user reaches it. Try it in a terminal:
#   npx greenlight smoke smoke.yaml --target http://127.0.0.1:8080
# and use it in the gate: suite: SmokeSuite.fromFile('smoke.yaml')
# All fields: docs/suite.md
version: 1
name: first suite

# Values that are set when the suite runs: --var version=1.4.0, or SmokeSuite.fromFile(path, { variables }).
# null instead of a default means that a value is required. Use them as \${version} in any text below.
# variables:
#   version: null

checks:
  # All checks run in parallel. A check without \`expect\` expects status 200.
  - name: health
    path: /health

  # \`expect\` fails the check, and with it the release. \`warn\` only degrades the check.
  - name: home
    path: /
    expect:
      status: [2xx, 3xx]
    warn:
      latencyMs: 500

  # - name: version
  #   path: /version
  #   expect:
  #     headers:
  #       content-type: { pattern: '^application/json' }
  #     json:
  #       - { path: $.version, equalTo: '\${version}' }

  # A check that uses a captured value waits for the check that captures it. A POST is never sent twice.
  # - name: create an order
  #   method: POST
  #   path: /orders
  #   auth: { type: bearer, secret: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:smoke-AbCdEf' }
  #   body:
  #     json: { item: tea, quantity: 2 }
  #   expect: { status: 201 }
  #   capture:
  #     orderId: { json: $.id }
  # - name: read it back
  #   path: /orders/\${orderId}

  # Sent many times, and evaluated together.
  # - name: fast enough
  #   path: /orders
  #   repeat: { times: 50, p95Ms: 300, errorPercent: 1 }
`;

/** The suite, with the path of its schema from `directory` for editors. */
function firstSuite(directory: string): string {
  const schema = schemaPath(directory, 'suite.schema.json');
  return schema === undefined ? FIRST_SUITE : `# yaml-language-server: $schema=${schema}\n${FIRST_SUITE}`;
}

/** Writes the first suite. @throws CommandFailure if the file exists or cannot be written */
export function initSuite(file: string): void {
  try {
    // The file system refuses an existing file, so no other program can come between check and write.
    writeFileSync(file, firstSuite(dirname(resolve(file))), { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'it exists, and is not overwritten; name another file' : message;
    throw new CommandFailure(`${file}: ${why}`, ExitCode.badInput);
  }
}
