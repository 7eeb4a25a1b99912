import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compiled, rulesOf } from '../../../../rehearsal/core/models/rules';
import { modelOf, shapeOf } from '../../../../rehearsal/core/models/table';
import { BOTOCORE, DATA, offeredOperations } from '../../../../tools/service-models';

/** Actions that IAM names and no API has. */
const NO_OPERATIONS = [
  ...['ecs:PassRole', 'codedeploy:OverrideAlarms', 'codedeploy:DemandRegisterApplicationRevision'],
  ...['codedeploy:DemandGetApplicationRevision', 'codedeploy:DemandGetDeploymentConfig'],
  ...['ec2:DemandCreateNetworkInterface', 'ec2:DemandDeleteNetworkInterface'],
];

test('the models are of exactly the operations that the local AWS has: run tools/service-models.ts', async () => {
  const offered = [...(await offeredOperations())].flatMap(([prefix, names]) =>
    names.map((name) => `${prefix}:${name}`),
  );
  const modelled = readdirSync(DATA).flatMap((file) => {
    const prefix = file.slice(0, -5);
    return Object.keys(modelOf(prefix).operations).map((name) => `${prefix}:${name}`);
  });
  expect([...modelled, ...NO_OPERATIONS].sort()).toEqual(offered.sort());
});

test('each table names its source and licence, has each shape that it refers to, and patterns that compile', () => {
  for (const file of readdirSync(DATA)) {
    expect(JSON.parse(readFileSync(join(DATA, file), 'utf8'))).toMatchObject({
      source: expect.stringContaining(`botocore ${BOTOCORE} (Apache-2.0`) as string,
    });
    const model = modelOf(file.slice(0, -5));
    for (const shape of Object.values(model.shapes)) {
      const names =
        shape.type === 'structure'
          ? Object.values(shape.members)
          : shape.type === 'list'
            ? [shape.member]
            : shape.type === 'map'
              ? [shape.key, shape.value]
              : [];
      for (const name of names) expect(() => shapeOf(model, name)).not.toThrow();
      for (const rule of rulesOf(shape))
        if (rule.kind === 'pattern') expect(() => compiled(rule.pattern)).not.toThrow();
    }
  }
});
