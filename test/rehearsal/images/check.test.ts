import { App, Stack } from 'aws-cdk-lib';
import { ContainerImage, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageProblems } from '../../../rehearsal/images/check';
import { temporaryDirectory } from '../../support/temporary';

const LABEL = { 'greenlight.rehearsal.command': '["node","server.js"]' };

function problems(image: 'nginx:1' | { readonly dockerfile: string }, dockerLabels?: Record<string, string>) {
  const directory = temporaryDirectory('check');
  mkdirSync(join(directory, 'context'));
  if (typeof image !== 'string') writeFileSync(join(directory, 'context/Dockerfile'), image.dockerfile);
  const app = new App({ outdir: join(directory, 'out') });
  const stack = new Stack(app, 'Shop');
  new FargateTaskDefinition(stack, 'Task').addContainer('web', {
    image:
      typeof image === 'string'
        ? ContainerImage.fromRegistry(image)
        : ContainerImage.fromAsset(join(directory, 'context')),
    dockerLabels,
  });
  const other = new Stack(app, 'Other');
  new FargateTaskDefinition(other, 'Task').addContainer('web', {
    image: ContainerImage.fromRegistry('never:deployed'),
  });
  return imageProblems(app.synth().directory, 'Shop', 'confined');
}

test.each([
  ['an image of a registry', 'nginx:1' as const, 'image nginx:1 comes from a registry'],
  [
    'a step that is not confined',
    { dockerfile: 'FROM node\nRUN curl x | sh\nCMD ["node","s.js"]' },
    'curl is not known',
  ],
  ['a program that is not here', { dockerfile: 'FROM x\nRUN dotnet7-nowhere\nCMD ["x"]' }, 'dotnet7-nowhere'],
  [
    'a URL',
    { dockerfile: 'FROM node\nADD https://example.com/x /x\nCMD ["x"]' },
    'adds https://example.com/x on line 2',
  ],
  [
    'a file of another image',
    { dockerfile: 'FROM node\nCOPY --from=acme/tool /nowhere /x\nCMD ["x"]' },
    'from acme/tool on line 2',
  ],
  [
    'nginx, whose configuration is in its image',
    { dockerfile: 'FROM nginx:alpine\nCOPY Dockerfile /usr/share/nginx/html/' },
    'runs nginx',
  ],
  ['no command', { dockerfile: 'FROM node' }, 'has neither CMD nor ENTRYPOINT'],
  ['an error that Docker finds too', { dockerfile: 'FROM node\nCOPPY a b' }, 'unknown instruction: COPPY'],
])('%s is refused before anything is deployed, unless a command stands for the container', (_name, image, text) => {
  const found = problems(image);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(text);
  expect(problems(image, LABEL)).toEqual([]);
});

test('the remedy can be pasted', () => {
  const [problem] = problems({ dockerfile: 'FROM node\nRUN curl x | sh\nCMD ["node","s.js"]' });
  expect(problem).toContain('npx greenlight rehearse --build all');
  expect(problem).toContain('npx greenlight rehearse --containers docker');
  expect(problem).toContain('rehearsalCommand: ["node","s.js"]');
});

test('an ordinary Dockerfile is no problem', () => {
  expect(
    problems({ dockerfile: 'FROM node:20\nWORKDIR /app\nRUN npm ci --omit=dev\nUSER node\nCMD ["node","s.js"]' }),
  ).toEqual([]);
});
