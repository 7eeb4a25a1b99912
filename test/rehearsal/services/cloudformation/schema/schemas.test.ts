import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { version } from '@aws-cdk/aws-service-spec/package.json';
import table from '../../../../../rehearsal/services/cloudformation/schema/resource-schemas.json';
import { schemaOf } from '../../../../../rehearsal/services/cloudformation/schema/schemas';

test('the table has every type, property and attribute of the installed specification', () => {
  // After an update of the package: npx tsx tools/resource-schemas.ts <folder of schemas>
  expect(table.specification).toBe(`@aws-cdk/aws-service-spec ${version}`);
  const resources = loadAwsServiceSpecSync().all('resource');
  expect(resources.length).toBeGreaterThan(1_800);
  const missing = resources.flatMap(({ cloudFormationType: type, properties, attributes }) => {
    const schema = schemaOf(type);
    if (!schema) return [type];
    const lost = Object.keys(properties).filter((name) => !(name in schema.members));
    const unread = Object.keys(attributes).filter((name) => !schema.attributes.includes(name));
    return [...lost, ...unread].map((name) => `${type}.${name}`);
  });
  expect(missing).toEqual([]);
});

test('AWS decides where the specification is behind: a service changes its controller in place', () => {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html
  const service = schemaOf('AWS::ECS::Service');
  expect(service?.replaces).toEqual(['Cluster', 'Role', 'SchedulingStrategy', 'ServiceName']);
  expect(service?.mayReplace).toEqual(['LaunchType']);
  expect(schemaOf('AWS::ECS::Services')).toBeUndefined();
});
