import type { ClassSchema, PropertySchema, Schema } from 'jsii-docgen';
import { deadLinks, renderPage } from '../../../tools/api/page';

const metadata = { packageName: 'x', packageVersion: '1.0.0' };
const cdk = { packageName: 'aws-cdk-lib', packageVersion: '2.0.0', submodule: 'aws_ec2' };

function named(displayName: string) {
  return { id: `x.${displayName}`, displayName, fqn: `x.${displayName}`, docs: { summary: `What ${displayName} is.` } };
}

function property(name: string, id: string, origin: typeof metadata = metadata): PropertySchema {
  const type = { ...origin, id, displayName: id, fqn: id };
  return { ...named(name), usage: `public readonly ${name};`, type: { formattingPattern: '%', types: [type] } };
}

function klass(name: string, members: Partial<ClassSchema> = {}): ClassSchema {
  const initializer = { ...named(`${name}.Initializer`), usage: `new ${name}()`, parameters: [] };
  return {
    ...named(name),
    interfaces: [],
    initializer,
    instanceMethods: [],
    staticMethods: [],
    constants: [],
    properties: [],
    ...members,
  };
}

const method = (name: string) => ({ ...named(name), usage: `${name}()`, parameters: [] });
const schema: Schema = {
  version: '0.1',
  language: 'typescript',
  metadata,
  apiReference: {
    constructs: [
      klass('Twins', {
        instanceMethods: [method('toString'), method('with'), method('follow')],
        staticMethods: [method('isConstruct'), method('fromName')],
        properties: [property('node', 'constructs.Node'), property('vpc', 'aws-cdk-lib.aws_ec2.IVpc', cdk)],
      }),
    ],
    classes: [klass('Shift'), klass('Task')],
    structs: [{ ...named('Props'), properties: [property('shift', 'x.Shift')] }],
    interfaces: [],
    enums: [],
  },
};
const page = renderPage(schema, new Set(['x.Shift']));

test('has what is of this package, and not what each construct inherits', () => {
  const names = [...page.matchAll(/^##### `(\w+)`/gm)].map(([, name]) => name);
  expect(names).toEqual(['follow', 'fromName', 'vpc', 'shift']);
});

test('shows how to create a class, but not an abstract one', () => {
  expect(page).toContain('new Task()');
  expect(page).not.toContain('new Shift()');
});

test('shows a property by its name and type, without a line of code', () => {
  expect(page).not.toContain('public readonly');
  expect(page).toContain('- *Type:* <a href="#x.Shift">x.Shift</a>');
});

test('types of the CDK lead to its reference', () => {
  const address = 'https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ec2.IVpc.html';
  expect(page).toContain(`<a href="${address}">aws-cdk-lib.aws_ec2.IVpc</a>`);
});

test('links to sections that it does not have are found', () => {
  const texts = ['[a](../API.md#x.Shift), [b](API.md)', '[c](../API.md#x.Shif)'];
  expect(deadLinks(page, texts)).toEqual(['x.Shif']);
});

test('a schema without an API is an error', () => {
  expect(() => renderPage({ ...schema, apiReference: undefined }, new Set())).toThrow('found no API');
});
