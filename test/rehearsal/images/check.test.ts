import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { ContainerImage, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { imageProblems } from '../../../rehearsal/images/check';
import { planBuild } from '../../../rehearsal/images/plan-build';
import { isAvailable } from '../../../rehearsal/images/tools';
import { temporaryDirectory } from '../../support/temporary';
import { until } from '../../support/until';
import { nonEmpty } from '../../support/non-empty';

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
  [
    "nginx behind its image's entry point",
    { dockerfile: 'FROM nginx\nENTRYPOINT ["/docker-entrypoint.sh"]\nCMD ["nginx", "-g", "daemon off;"]' },
    'runs nginx',
  ],
  ['nginx by a shell', { dockerfile: 'FROM nginx\nRUN echo x > /y\nCMD exec nginx -g "daemon off;"' }, 'runs nginx'],
  [
    'a program of the operating system',
    { dockerfile: 'FROM debian\nRUN apt-get install -y nowhered\nCMD ["nowhered", "--port", "80"]' },
    'runs nowhered, which is not on the PATH of this machine',
  ],
  [
    'an entry point of the base image',
    { dockerfile: 'FROM ghost\nCOPY Dockerfile /x\nENTRYPOINT ["/start.sh"]' },
    'runs /start.sh, which comes with its base image',
  ],
  ['no command', { dockerfile: 'FROM node' }, 'has neither CMD nor ENTRYPOINT'],
  ['an error that Docker finds too', { dockerfile: 'FROM node\nCOPPY a b' }, 'unknown instruction: COPPY'],
])('%s is refused before anything is deployed, unless a command replaces the container', (_name, image, text) => {
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

test.each([
  ['tini', 'FROM node:22-alpine\nRUN apk add tini\nENTRYPOINT ["/sbin/tini", "-g", "--"]\nCMD ["node", "s.js"]'],
  [
    'dumb-init',
    'FROM node:22\nRUN apt-get install -y dumb-init && rm -rf /x\nCMD ["dumb-init", "-r", "15:2", "node", "s.js"]',
  ],
  ["the entry point of node's image", 'FROM node:22\nCOPY . .\nCMD ["s.js"]'],
  ['an own entry point behind the CMD', 'FROM node:22\nCOPY . .\nCMD ["s.js"]\nENTRYPOINT ["node"]'],
])('what %s starts is run without it', (_, dockerfile) => {
  const contextDirectory = temporaryDirectory('plan');
  writeFileSync(join(contextDirectory, 'Dockerfile'), dockerfile);
  const { command, problems: found } = planBuild({ contextDirectory, buildArgs: {}, runs: 'confined' });
  expect({ command, found }).toEqual({ command: ['node', 's.js'], found: [] });
});

test('a script that is copied into the root of the image is there', () => {
  expect(
    problems({ dockerfile: 'FROM node:22\nADD --chmod=755 Dockerfile /\nCMD ["/Dockerfile", "node", "s.js"]' }),
  ).toEqual([]);
});

test('an ordinary Dockerfile is no problem', () => {
  expect(
    problems({ dockerfile: 'FROM node:20\nWORKDIR /app\nRUN npm ci --omit=dev\nUSER node\nCMD ["node","s.js"]' }),
  ).toEqual([]);
});

/** A line each, as people write them; `&` is a new line. */
const ORDINARY = {
  'TypeScript, in stages':
    'FROM node:22-alpine AS build&WORKDIR /app&COPY package*.json ./&RUN npm ci&COPY . .&RUN npm run build && npm prune --omit=dev&' +
    'FROM node:22-alpine&ENV NODE_ENV=production&WORKDIR /app&COPY --from=build /app/dist ./dist&USER node&CMD ["node", "dist/server.js"]',
  yarn:
    'FROM node:22&WORKDIR /app&COPY package.json yarn.lock* .yarnrc.yml* ./&RUN corepack enable && yarn install --immutable&COPY . .&' +
    'RUN yarn build&CMD ["yarn", "start"]',
  pnpm:
    'FROM node:22-slim&ENV PNPM_HOME="/pnpm"&ENV PATH="$PNPM_HOME:$PATH"&RUN corepack enable&WORKDIR /app&COPY . .&' +
    'RUN --mount=type=cache,id=pnpm,target=/pnpm/store pnpm install --frozen-lockfile&CMD ["pnpm", "start"]',
  uv:
    'FROM python:3.12-slim&COPY --from=ghcr.io/astral-sh/uv:latest /uv /uvx /bin/&WORKDIR /app&COPY pyproject.toml uv.lock ./&' +
    'RUN --mount=type=cache,target=/var/cache/uv uv sync --frozen&COPY . .&ENV PATH="/app/.venv/bin:$PATH"&CMD ["uvicorn", "app:app"]',
  'uv by pip': 'FROM python:3.12&WORKDIR /app&RUN pip install uv&COPY . .&RUN uv sync&CMD ["uv", "run", "main.py"]',
  Go:
    'FROM golang:1.24 AS build&WORKDIR /src&COPY go.mod go.sum ./&RUN go mod download&COPY . .&RUN CGO_ENABLED=0 go build -o /out/server .&' +
    'FROM gcr.io/distroless/static&COPY --from=build /out/server /server&ENTRYPOINT ["/server"]',
  Java:
    'FROM maven:3.9 AS build&WORKDIR /b&COPY pom.xml .&RUN mvn -B dependency:go-offline&COPY src ./src&RUN mvn -B package&' +
    'FROM eclipse-temurin:21-jre&COPY --from=build /b/target/*.jar /app.jar&ENTRYPOINT ["java", "-jar", "/app.jar"]',
  'a script of its own':
    'FROM node:22&WORKDIR /app&COPY docker-entrypoint.sh /usr/local/bin/&COPY . .&ENTRYPOINT ["docker-entrypoint.sh"]&CMD ["node", "s.js"]',
  'a script of its own, by its place':
    'FROM python:3&COPY . /app&COPY --chmod=755 entrypoint.sh /entrypoint.sh&ENTRYPOINT ["/entrypoint.sh"]&CMD ["python", "a.py"]',
};

test.each(Object.entries(ORDINARY))(
  '%s: an ordinary Dockerfile runs, or is refused for a tool that the message says to install',
  (_name, text) => {
    const programs = ['node', 'npm', 'yarn', 'pnpm', 'uv', 'pip', 'go', 'mvn', 'java'];
    const installed = [...text.matchAll(/pip install (\w+)/g)].map(([, name]) => name);
    const missing = programs.filter((name) => text.includes(name) && !installed.includes(name) && !isAvailable(name));
    const found = problems({
      dockerfile: text.replace(/ && /g, ' \u0000 ').replaceAll('&', '\n').replaceAll('\u0000', '&&'),
    });
    if (missing.length === 0) return expect(found).toEqual([]);
    for (const problem of nonEmpty(found)) {
      expect(problem).toMatch(
        /needs (\S+) on line \d+, which is not on the PATH|copies \S*\/uv|runs \S+, which is not/,
      );
      expect(problem).toContain('npx greenlight rehearse --containers docker');
    }
    const needed = found.flatMap((problem) => /needs (\S+) on line/.exec(problem)?.[1] ?? []);
    const remedies = found.join();
    expect(needed.filter((name) => !new RegExp(`Remedy: install [^;]*${name}`).test(remedies))).toEqual([]);
  },
);

test.each([
  ['an image of a registry', 'nginx:1' as const],
  ['nginx', { dockerfile: 'FROM nginx:alpine' }],
  ['a program that is not here', { dockerfile: 'FROM debian\nCMD ["nowhered"]' }],
])('the command in the remedy for %s responds when it is pasted', async (_what, image) => {
  const [text = ''] = problems(image);
  const [, array = '[]'] = /rehearsalCommand: (\[.*?\]) of ServiceTask.fromImage/.exec(text) ?? [];
  const [, label = '""'] = /docker label "greenlight\.rehearsal\.command": (".*?[^\\]") of any/.exec(text) ?? [];
  expect(JSON.parse(label)).toBe(array);
  const [program = '', ...args] = JSON.parse(array) as string[];
  const port = await freePort();
  const child = spawn(program, args, { env: { PATH: process.env['PATH'], PORT: String(port), HOST: '127.0.0.1' } });
  try {
    const status = () =>
      fetch(`http://127.0.0.1:${port}/`).then(
        ({ status }) => status,
        () => undefined,
      );
    expect(await until('a response of the command', status)).toBe(200);
  } finally {
    child.kill();
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
