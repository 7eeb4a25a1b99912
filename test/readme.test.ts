import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { App } from 'aws-cdk-lib';

/** Every snippet of the README compiles and synthesizes. Its commands are run by test/stranger, in clones of their own. */
const readme = readFileSync('README.md', 'utf8');
const folder = join(process.cwd(), 'coverage', 'readme');

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1] ?? '');
}

describe('snippets', () => {
  const snippets = blocks('ts').map((code, index) => ({ code, file: join(folder, `snippet-${index}.ts`) }));

  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
    for (const { code, file } of snippets) writeFileSync(file, code);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('compile as they stand', () => {
    const program = ts.createProgram(
      snippets.map(({ file }) => file),
      {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        module: ts.ModuleKind.Node16,
        moduleResolution: ts.ModuleResolutionKind.Node16,
        target: ts.ScriptTarget.ES2022,
        esModuleInterop: true,
        types: ['node'],
        paths: { 'cdk-greenlight': [join(process.cwd(), 'lib', 'index.ts')] },
      },
    );
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map((each) => ts.flattenDiagnosticMessageText(each.messageText, '\n'));
    expect(problems).toEqual([]);
    expect(snippets.length).toBeGreaterThan(1);
  }, 120_000);

  test.each(snippets.map(({ file }, index) => [index, file]))('number %i synthesizes', (_index, file) => {
    const apps: App[] = [];
    jest.isolateModules(() => {
      const core = jest.requireActual<typeof import('aws-cdk-lib')>('aws-cdk-lib');
      class RecordedApp extends core.App {
        constructor() {
          super();
          apps.push(this);
        }
      }
      jest.doMock(
        'aws-cdk-lib',
        () =>
          new Proxy(core, {
            get: (target, name) => (name === 'App' ? RecordedApp : target[name as keyof typeof target]),
          }),
      );
      jest.requireActual(file);
    });
    const [stack] = apps[0]?.synth().stacks ?? [];
    const types = Object.values((stack?.template as { Resources: Record<string, { Type: string }> }).Resources).map(
      (resource) => resource.Type,
    );
    expect(types).toContain('Custom::GreenlightEcsRelease');
  });
});
