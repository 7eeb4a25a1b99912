import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>;

/** The CLI's own list, of which `cdk init` writes a new app's cdk.json. */
const recommended = read(join(ROOT, 'node_modules/aws-cdk/lib/init-templates/.recommended-feature-flags.json'));

test.each(['cdk.json', 'examples/gate/cdk.json', 'examples/own-vpc/cdk.json', 'examples/plain-js/cdk.json'])(
  '%s has the feature flags of an app that cdk init makes',
  (file) => {
    expect(read(join(ROOT, file))['context']).toEqual({
      ...recommended,
      '@aws-cdk/core:target-partitions': ['aws', 'aws-cn'],
    });
  },
);
