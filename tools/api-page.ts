import type { ApiType, Assembly, Docs, Documented, Method, Parameter, Property, TypeReference } from './api-assembly';

/** The API reference as Markdown: constructs first, then the other classes, structs and enums by name. Pure. */
export function renderPage(assembly: Assembly): string {
  const types = Object.values(assembly.types).sort((one, other) => one.name.localeCompare(other.name));
  const groups: readonly (readonly [string, readonly ApiType[]])[] = [
    ['Constructs', types.filter(isConstruct)],
    ['Classes', types.filter((type) => type.kind === 'class' && !isConstruct(type))],
    ['Interfaces', types.filter((type) => type.kind === 'interface' && !isPropsOfConstruct(type, assembly))],
    ['Enums', types.filter((type) => type.kind === 'enum')],
  ];
  const sections = groups
    .filter(([, members]) => members.length > 0)
    .map(([title, members]) => [`## ${title}`, ...members.map((type) => renderType(type, assembly))].join('\n\n'));
  return [
    '# API reference',
    `Everything that \`${assembly.name}\` exports, written from the docstrings in \`lib/\` by \`npm run docs\`. ` +
      'A prop in bold must be given.',
    ...sections,
  ].join('\n\n');
}

const isConstruct = (type: ApiType) => type.base === 'constructs.Construct';

/** The `Props` of a construct stand with it. */
function isPropsOfConstruct(type: ApiType, assembly: Assembly): boolean {
  return Object.values(assembly.types).some((each) => isConstruct(each) && propsOf(each, assembly) === type);
}

function propsOf(type: ApiType, assembly: Assembly): ApiType | undefined {
  const props = type.initializer?.parameters?.find(({ name }) => name === 'props');
  return assembly.types[props?.type.fqn ?? ''];
}

function renderType(type: ApiType, assembly: Assembly): string {
  const props = isConstruct(type) ? propsOf(type, assembly) : undefined;
  const methods = bySource(type.methods ?? []);
  const parts = [
    `### ${type.name}`,
    prose(type.docs),
    behaviours(type, assembly),
    props ? `#### ${props.name}\n\n${propsTable(props, assembly)}` : '',
    type.datatype ? propsTable(type, assembly) : '',
    type.members ? table(['member', 'what it is'], type.members.map(memberRow)) : '',
    type.datatype ? '' : attributesTable(bySource(type.properties ?? []), type, assembly),
    methods.length > 0
      ? table(
          ['method', 'what it does'],
          methods.map((method) => methodRow(method, type, assembly)),
        )
      : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function behaviours(type: ApiType, assembly: Assembly): string {
  const found = (type.interfaces ?? []).map((fqn) => typeText({ fqn }, assembly));
  return found.length > 0 && !type.datatype ? `Implements ${found.join(', ')}.` : '';
}

/** Own props, then those of the structs that it extends. */
function propsTable(type: ApiType, assembly: Assembly): string {
  const inherited = (type.interfaces ?? []).flatMap((fqn) => assembly.types[fqn]?.properties ?? []);
  const rows = [...bySource(type.properties ?? []), ...bySource(inherited)].map((property) => [
    property.optional ? `\`${property.name}\`` : `**\`${property.name}\`**`,
    typeText(property.type, assembly),
    property.optional ? defaultText(property.docs) : 'required',
    prose(property.docs),
  ]);
  return table(['prop', 'type', 'default', 'what it is'], rows);
}

function attributesTable(properties: readonly Property[], type: ApiType, assembly: Assembly): string {
  if (properties.length === 0) return '';
  const rows = properties.map((property) => [
    `\`${property.static ? `${type.name}.` : ''}${property.name}\``,
    typeText(property.type, assembly) + (property.optional ? ', if known' : ''),
    prose(property.docs),
  ]);
  return table(['attribute', 'type', 'what it is'], rows);
}

function memberRow(member: Documented): string[] {
  return [`\`${member.name}\``, prose(member.docs)];
}

function methodRow(method: Method, type: ApiType, assembly: Assembly): string[] {
  const parameters = (method.parameters ?? []).map((each) => parameterText(each, assembly)).join(', ');
  const returned = method.returns ? `: ${plainType(method.returns.type, assembly)}` : '';
  const thrown = method.docs?.custom?.throws;
  return [
    `\`${method.static ? `${type.name}.` : ''}${method.name}(${parameters})${returned}\``,
    [prose(method.docs), thrown ? `Throws ${oneLine(thrown)}.` : ''].filter((text) => text !== '').join(' '),
  ];
}

function parameterText(parameter: Parameter, assembly: Assembly): string {
  return `${parameter.name}${parameter.optional ? '?' : ''}: ${plainType(parameter.type, assembly)}`;
}

/** A type that leads to its own section, or to the CDK's reference. */
function typeText(type: TypeReference, assembly: Assembly): string {
  const { fqn, collection } = type;
  if (collection) {
    const element = typeText(collection.elementtype, assembly);
    return collection.kind === 'array' ? `list of ${element}` : `map of ${element}`;
  }
  const text = `\`${plainType(type, assembly)}\``;
  if (!fqn) return text;
  return assembly.types[fqn]
    ? `[${text}](#${plainType(type, assembly).toLowerCase()})`
    : `[${text}](https://docs.aws.amazon.com/cdk/api/v2/docs/${fqn}.html)`;
}

/** `aws-cdk-lib.aws_ec2.IVpc` is `ec2.IVpc` to people. */
function plainType(type: TypeReference, assembly: Assembly): string {
  if (type.primitive) return type.primitive;
  if (type.collection) {
    const element = plainType(type.collection.elementtype, assembly);
    return type.collection.kind === 'array' ? `${element}[]` : `{ [name: string]: ${element} }`;
  }
  if (!type.fqn) throw new Error(`${JSON.stringify(type)}: the API has a type that this page cannot show`);
  return type.fqn.split('.').slice(1).join('.').replace(/^aws_/, '');
}

/** A literal as code; `- ` begins a sentence about behaviour. */
function defaultText(docs: Docs | undefined): string {
  const text = oneLine(docs?.default ?? '');
  return text.startsWith('- ') ? text.slice(2) : text && `\`${text}\``;
}

function prose(docs: Docs | undefined): string {
  return oneLine([docs?.summary, docs?.remarks].filter((text) => text !== undefined).join(' '));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function bySource<T extends Documented>(members: readonly T[]): T[] {
  return [...members].sort((one, other) => (one.locationInModule?.line ?? 0) - (other.locationInModule?.line ?? 0));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
