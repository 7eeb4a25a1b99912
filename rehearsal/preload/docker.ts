/**
 * The program behind CDK_DOCKER: hands its command line to the local AWS and ends as that says. Bundled, so that it
 * runs without this package's sources.
 */
import { request } from 'node:http';

interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function main(): void {
  const url = process.env['GREENLIGHT_DOCKER_URL'];
  if (!url) return fail('GREENLIGHT_DOCKER_URL is not set: this program belongs to a running rehearsal');
  const call = request(url, { method: 'POST' }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      if (response.statusCode !== 200) return fail(text);
      finish(JSON.parse(text) as Result);
    });
  });
  call.on('error', (error) => fail(`the rehearsal does not respond: ${error.message}`));
  call.end(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd() }));
}

function finish({ exitCode, stdout, stderr }: Result): void {
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = exitCode;
}

function fail(message: string): void {
  finish({ exitCode: 1, stdout: '', stderr: `${message}\n` });
}

main();
