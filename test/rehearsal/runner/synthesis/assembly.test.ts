import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlanError } from '../../../../rehearsal/runner/plan/plan';
import { type AssemblyStack, readAssembly, resolveStack } from '../../../../rehearsal/runner/synthesis/assembly';
import { temporaryDirectory } from '../../../support/temporary';

const stack = (more: object) => ({ type: 'aws:cloudformation:stack', properties: {}, ...more });

function write(folder: string, artifacts: object): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ version: '50.0.0', artifacts }));
}

function problem(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof PlanError) return error.message;
    throw error;
  }
  return '';
}

const prod: AssemblyStack = { id: 'Prod/Shop', stackName: 'Prod-Shop', account: '222222222222', region: 'eu-west-1' };
const test1: AssemblyStack = { id: 'Test/Shop', stackName: 'Test-Shop' };
const assembly = { directory: '', stacks: [prod, test1, { id: 'Net', stackName: 'net-prod' }] };

test('stacks are found in the app and in its stages, with the account and region that they name', () => {
  const folder = temporaryDirectory('assembly');
  write(folder, {
    'assembly-Prod': { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Prod' } },
    Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
    Net: stack({ environment: 'aws://unknown-account/unknown-region', properties: { stackName: 'net-prod' } }),
  });
  write(join(folder, 'assembly-Prod'), {
    ProdShop40C3BB94: stack({
      environment: 'aws://222222222222/eu-west-1',
      displayName: 'Prod/Shop',
      properties: { stackName: 'Prod-Shop' },
    }),
  });
  expect(readAssembly(folder)).toEqual({ directory: folder, stacks: [prod, { id: 'Net', stackName: 'net-prod' }] });
});

test.each(['Prod/Shop', 'Prod-Shop'])('the stack of a stage may be called %s', (name) => {
  expect(resolveStack(assembly, name)).toBe(prod);
});

test('the only stack need not be named', () => {
  expect(resolveStack({ directory: '', stacks: [test1] }, undefined)).toBe(test1);
});

test('without a name, several stacks are listed', () => {
  expect(problem(() => resolveStack(assembly, undefined))).toBe(
    'the CDK app has 3 stacks: set stack in the rehearsal file to one of Prod/Shop (Prod-Shop), Test/Shop (Test-Shop), Net (net-prod)',
  );
});

test('a stack that does not exist: the others are listed, the nearest is proposed', () => {
  const text = problem(() => resolveStack(assembly, 'Prod/Shoq'));
  expect(text).toContain('the CDK app has no stack "Prod/Shoq"');
  expect(text).toContain('Test/Shop (Test-Shop), Net (net-prod)');
  expect(text).toContain('Did you mean "Prod/Shop"?');
  expect(problem(() => resolveStack(assembly, 'Unrelated'))).not.toContain('Did you mean');
});

test('one name of stacks in several regions is not enough', () => {
  const east = { id: 'East/Shop', stackName: 'shop' };
  const west = { id: 'West/Shop', stackName: 'shop' };
  expect(problem(() => resolveStack({ directory: '', stacks: [east, west] }, 'shop'))).toContain(
    'set stack to one of East/Shop, West/Shop',
  );
});

test('an app without a stack says so', () => {
  expect(problem(() => resolveStack({ directory: '', stacks: [] }, 'Shop'))).toContain('the CDK app has no stack:');
});
