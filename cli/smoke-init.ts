import { writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CommandFailure, ExitCode } from './failure';
import { schemaPath } from './schema-line';

/** A suite that runs as it stands against most services, and shows what else there is. */
const FIRST_SUITE = `# What a release must pass before any user meets it. Try it from here:
#   npx greenlight smoke smoke.yaml --target http://127.0.0.1:8080
# and give it to the gate: suite: SmokeSuite.fromFile('smoke.yaml')
# Everything that can stand here: docs/suite.md
version: 1
name: first suite

# Values that are known when the suite runs: --var version=1.4.0, or SmokeSuite.fromFile(path, { variables }).
# null instead of a default means that one must be given. They are used as \${version}, in any text below.
# variables:
#   version: null

checks:
  # All checks run at the same time. A check without \`expect\` asks for status 200.
  - name: health
    path: /health

  # \`expect\` fails the check, and so the release; \`warn\` only degrades it.
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

  # What one check captures, the next one uses; so it waits for it. A POST is never sent twice.
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

  # Many times, judged together.
  # - name: fast enough
  #   path: /orders
  #   repeat: { times: 50, p95Ms: 300, errorPercent: 1 }
`;

/** The suite, with where an editor finds its schema from `directory`. */
function firstSuite(directory: string): string {
  const schema = schemaPath(directory, 'suite.schema.json');
  return schema === undefined ? FIRST_SUITE : `# yaml-language-server: $schema=${schema}\n${FIRST_SUITE}`;
}

/** Writes the first suite. @throws CommandFailure when there is a file already, or it cannot be written */
export function initSuite(file: string): void {
  try {
    // Refused by the file system itself, so that nothing can come between looking and writing.
    writeFileSync(file, firstSuite(dirname(resolve(file))), { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'it exists, and is not overwritten; name another file' : message;
    throw new CommandFailure(`${file}: ${why}`, ExitCode.badInput);
  }
}
