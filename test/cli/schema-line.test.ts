import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaPath } from '../../cli/schema-line';
import { temporaryDirectory } from '../support/temporary';

const NAME = 'of-this-test.schema.json';

function project(docs: string): string {
  const root = temporaryDirectory('schema');
  mkdirSync(join(root, docs), { recursive: true });
  writeFileSync(join(root, docs, NAME), '{}');
  mkdirSync(join(root, 'apps/my shop'), { recursive: true });
  return root;
}

test.each([['node_modules/cdk-greenlight-cli/docs'], ['node_modules/cdk-greenlight/docs'], ['docs']])(
  'a schema in %s is found from its folder and from one below it',
  (docs) => {
    const root = project(docs);
    expect(schemaPath(root, NAME)).toBe(`./${docs}/${NAME}`);
    expect(schemaPath(join(root, 'apps/my shop'), NAME)).toBe(`../../${docs}/${NAME}`);
  },
);

test('a path with a space can be read as a URI, and without a schema there is none', () => {
  const root = project('docs of mine');
  expect(schemaPath(root, NAME)).toBeUndefined();
  mkdirSync(join(root, 'apps/my shop/docs'));
  writeFileSync(join(root, 'apps/my shop/docs', 'a b.json'), '{}');
  expect(schemaPath(join(root, 'apps/my shop'), 'a b.json')).toBe('./docs/a%20b.json');
});
