import {
  type Assembly,
  type Documentable,
  isClassOrInterfaceType,
  isCollectionTypeReference,
  isEnumType,
  isInterfaceType,
  isIntersectionTypeReference,
  isPrimitiveTypeReference,
  isUnionTypeReference,
  type Property,
  type Type,
  type TypeReference,
} from '@jsii/spec';

/**
 * What jsii lets pass and the public API does not have. jsii itself refuses generics, `Pick` and `Omit`, types that are not
 * exported, props that can be written, an `I` before props and none before behaviour, and types of packages that it does not
 * know.
 */
export function violations(assembly: Assembly): readonly string[] {
  return Object.values(assembly.types ?? {}).flatMap((type) => {
    const properties = isClassOrInterfaceType(type) ? (type.properties ?? []) : [];
    const isStruct = isInterfaceType(type) && type.datatype;
    return [
      ...members(type).flatMap((member) => undocumented(`${type.name}.${member.name}`, member)),
      ...undocumented(type.name, type),
      ...(isStruct ? properties.flatMap((property) => defaultProblems(type, property)) : []),
      ...references(type)
        .filter(([name, reference]) => isVague(reference) && !ANY_JSON.has(name))
        .map(([member]) => `${type.name}.${member}: is of no one type`),
      ...properties.filter((each) => !each.immutable).map((each) => `${type.name}.${each.name}: can be written`),
    ];
  });
}

function members(type: Type): readonly (Documentable & { readonly name: string })[] {
  if (isEnumType(type)) return type.members;
  return [...(type.properties ?? []), ...(type.methods ?? [])];
}

function undocumented(name: string, { docs }: Documentable): readonly string[] {
  return docs?.summary ? [] : [`${name}: has no docstring`];
}

/** A literal, or `- ` and the behaviour. */
const LITERAL = /^(\S+|\[.*\]|'.*'|[A-Z]\w*\.\w+\(.*\))$/;

function defaultProblems(type: Type, { name, optional, docs }: Property): readonly string[] {
  const text = docs?.default;
  if (!optional) return text === undefined ? [] : [`${type.name}.${name}: is required and has a @default`];
  if (text === undefined) return [`${type.name}.${name}: has no @default`];
  const isValid = text.startsWith('- ') || LITERAL.test(text);
  return isValid ? [] : [`${type.name}.${name}: @default ${text}: write a literal, or \`- \` and the behaviour`];
}

function references(type: Type): readonly (readonly [string, TypeReference])[] {
  if (isEnumType(type)) return [];
  const parameters = 'initializer' in type ? (type.initializer?.parameters ?? []) : [];
  return [
    ...parameters.map((each) => [each.name, each.type] as const),
    ...(type.properties ?? []).map((each) => [each.name, each.type] as const),
    ...(type.methods ?? []).flatMap((method) => [
      ...(method.parameters ?? []).map((each) => [method.name, each.type] as const),
      ...(method.returns ? [[method.name, method.returns.type] as const] : []),
    ]),
  ];
}

/** Any JSON value: a response may have any content. */
const ANY_JSON = new Set(['equalTo', 'notEqualTo', 'oneOf', 'contains', 'jsonSchema', 'json']);

function isVague(type: TypeReference): boolean {
  if (isCollectionTypeReference(type)) return isVague(type.collection.elementtype);
  if (isUnionTypeReference(type) || isIntersectionTypeReference(type)) return true;
  return isPrimitiveTypeReference(type) && ['any', 'json'].includes(type.primitive);
}
