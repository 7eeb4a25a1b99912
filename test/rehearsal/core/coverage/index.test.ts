import { readFileSync } from 'node:fs';
import { notModelled } from '../../../../rehearsal/core/coverage';
import { schemaOf } from '../../../../rehearsal/services/cloudformation/schema/schemas';
import type { ResourceSchema } from '../../../../rehearsal/services/cloudformation/schema/types';
import { gapsOf, notModelledPage, PAGE, structureOf } from '../../../../tools/not-modelled';
import { account } from '../../../support/rehearsal/cloudformation';
import { coverages } from '../../../support/rehearsal/coverages';

const tables = coverages();

/** Whether AWS's schema of the type has the property. */
function exists(schema: ResourceSchema, path: string): boolean {
  const [first = '', ...rest] = path.split('.');
  let type = schema.members[first];
  for (const name of rest) type = structureOf(type, schema)?.members[name];
  return type !== undefined;
}

test('every property in a table is one that AWS has, and the tables have the types that releases need', () => {
  const wrong = Object.entries(tables).flatMap(([type, { acts, ignores = {}, decides = {} }]) => {
    const schema = schemaOf(type);
    if (!schema) return [type];
    const paths = [...acts, ...Object.keys(ignores), ...Object.keys(decides)];
    return paths.filter((path) => !exists(schema, path)).map((path) => `${type}.${path}`);
  });
  expect(wrong).toEqual([]);
  expect(Object.keys(tables).length).toBeGreaterThan(45);
});

test('every other property of these types is on the page of what is not modelled', () => {
  const page = readFileSync(PAGE, 'utf8');
  // To write it: npx tsx tools/not-modelled.ts
  const words = (text: string) => text.split(/\s+/);
  expect(words(page)).toEqual(words(notModelledPage(tables)));
  const gaps = Object.entries(tables).flatMap(([type, coverage]) => gapsOf(coverage, schemaOf(type) as ResourceSchema));
  expect(gaps.length).toBeGreaterThan(100);
  expect(gaps.filter((path) => !page.includes(`\`${path}\``))).toEqual([]);
});

test('a service with Service Connect is said to be decided by what is not modelled', () => {
  const found = notModelled(tables['AWS::ECS::Service'] ?? { acts: [] }, {
    ServiceName: 'web',
    Tags: [{ Key: 'a', Value: 'b' }],
    DeploymentConfiguration: {
      MaximumPercent: 200,
      Strategy: 'BLUE_GREEN',
    },
    LoadBalancers: [{ ContainerName: 'web', AdvancedConfiguration: {} }],
    ServiceRegistries: [{ RegistryArn: 'arn' }],
    VolumeConfigurations: [],
    ServiceConnectConfiguration: { Enabled: true },
  });
  expect(found.map(({ property, decides }) => [property, decides])).toEqual([
    ['ServiceRegistries', false],
    ['ServiceConnectConfiguration', true],
  ]);
  const rolling = {
    DeploymentConfiguration: { Strategy: 'ROLLING', BakeTimeInMinutes: 0, Alarms: { AlarmNames: [], Enable: false } },
  };
  expect(notModelled(tables['AWS::ECS::Service'] ?? { acts: [] }, rolling)).toEqual([]);
});

test('a deployment reports what of its resources has no behaviour, and which resources are only records', async () => {
  const create = () => ({ physicalId: 'topic', attributes: {} });
  const aws = account({ types: { 'AWS::SNS::Topic': { create, coverage: { acts: ['TopicName'] } } } });
  const topic = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'a', FifoTopic: true, DisplayName: 'A' } };
  await aws.create({ Resources: { A: topic, Q: { Type: 'AWS::SQS::Queue' } } });
  const reported = aws.world.events.all().filter(({ event }) => event === 'not-modelled');
  const lines = reported.map(
    ({ data }) => `${String(data.logicalId)} ${String(data.property)} ${String(data.decides)}`,
  );
  expect(lines.sort()).toEqual(['A FifoTopic false', 'Q * false']);
});
