import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { bundleFolder } from '../../common/bundles';
import { appCommand } from './app';
import { ROOT } from './cli';
import { temporaryDirectory } from './temporary';

/** The project in which the commands of the pages run. */

/** The commands of the pages that test/commands.slow.test.ts does not run, and why. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['mkdir shop && cd shop', 'npx aws-cdk init app --language typescript', 'npm install cdk-greenlight']
      .concat('npm install --save-dev cdk-greenlight-cli', 'cd web && npm install --package-lock-only && cd ..')
      .map((command) => [command, 'test/stranger/foreign-app.test.ts runs docs/start.md with the packed package']),
  ),
  'npm install cdk-greenlight@latest': 'needs a published version; test/stranger installs the packed one',
  'npm install --save-dev cdk-greenlight-cli@latest': 'needs a published version, too',
  'npm uninstall cdk-greenlight cdk-greenlight-cli': "npm's own",
  'npx cdk diff': 'test/scenarios/keep.test.ts runs it on a rehearsal',
  'npx cdk destroy': 'test/scenarios/keep.test.ts runs it on a rehearsal',
  'npm ci': 'needs an empty folder: test/stranger/door.test.ts begins with it',
  'npm test': 'this test is a part of the same run: test/stranger/door.test.ts runs it in a clone',
  'npm run check': 'this test is a part of it; .ci/run runs it',
  '.ci/run': 'what CI itself runs',
  'npx jest test/rehearsal/services/codedeploy': 'a part of npm test',
  'npm run rehearse': 'test/stranger/door.test.ts runs it in a clone',
  'npm run bench': 'takes many minutes; test/stranger/door.test.ts runs a part of it, npm run bench -- gate',
  'npm run worlds': 'takes minutes; test/worlds/worlds.slow.test.ts runs some of them',
  'npm run docs': 'writes into the checkout: npm run check compares what it writes',
  'npx tsx tools/schemas.ts': 'writes into the checkout: test/tools/field-tables.test.ts compares what it writes',
  'npx greenlight rehearse --engine ecs': 'test/scenarios/main-job-ecs.test.ts runs it with the sample app',
  'npm run recorded -- <folder>':
    'needs recordings, which are not part of the repository; test/tools/recorded tests it',
  ...Object.fromEntries(
    ['npx greenlight status web --watch', 'npx greenlight approve web', 'npx greenlight abort web'].map((command) => [
      command,
      'test/scenarios/release-commands.test.ts runs it in the middle of releases, without a terminal to ask on',
    ]),
  ),
  ...Object.fromEntries(
    ['CONTINUE', 'ROLLBACK'].map((action) => [
      'aws ecs continue-service-deployment --service-deployment-arn arn:aws:ecs:...:service-deployment/cluster/web/abc ' +
        `--hook-id ecs-pause-e7tK9G --action ${action}`,
      'test/scenarios/release-approval.test.ts makes the call that the message of a release names',
    ]),
  ),
  'npx cdk synth': 'test/stranger/door.test.ts runs it in a clone',
};

function program(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), 0o755);
}

/** A project with the package and the sample app, as its reader has it, and a folder of programs that come before all others. */
export function createProject(): { project: string; programs: string } {
  const project = temporaryDirectory('commands');
  const bin = join(project, 'node_modules', '.bin');
  const greenlight = `"${process.execPath}" --require "${require.resolve('tsx/cjs')}" "${join(ROOT, 'bin/greenlight.ts')}"`;
  program(bin, 'greenlight', `#!/bin/sh\nexec ${greenlight} "$@"\n`);
  program(bin, 'cdk', `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, 'node_modules/aws-cdk/bin/cdk')}" "$@"\n`);
  const installed = join(project, 'node_modules', 'cdk-greenlight');
  mkdirSync(installed);
  symlinkSync(dirname(bundleFolder('gate')), join(installed, 'bundles'));
  for (const name of ['docs', 'examples']) symlinkSync(join(ROOT, name), join(installed, name));
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { context: object };
  const quick = { shift: 'all-at-once', desiredCount: '1', bakeMinutes: '0', approvalMinutes: '15' };
  const cdk = { app: appCommand('bin/app.ts'), context: { ...context, ...quick }, requireApproval: 'never' };
  writeFileSync(join(project, 'cdk.json'), JSON.stringify(cdk));
  const programs = join(project, 'first');
  // A build of the rehearsal's own, as a machine with a docker client need not have an engine.
  program(programs, 'docker', '#!/bin/sh\nexec "$CDK_DOCKER" "$@"\n');
  // That of a machine may be too old for AWS_ENDPOINT_URL. test/stranger/clients.test.ts has real ones.
  program(
    programs,
    'aws',
    `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, 'test/support/aws-command.cjs')}" "$@"\n`,
  );
  return { project, programs };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

/** A new terminal's environment with a folder of programs: nothing of npm, of the test runner or of an account. */
export function terminal(programs: string): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|AWS_|CDK_|JEST_|NODE_|INIT_CWD)/i.test(name));
  const path = [programs, dirname(process.execPath), process.env['PATH']].join(':');
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    PATH: path,
    npm_config_offline: 'true',
    LC_ALL: 'C.UTF-8',
  };
}
