import {
  type ApiReferenceSchema,
  type AssemblyMetadataSchema,
  type ClassSchema,
  defaultLinkFormatter,
  type JsiiEntity,
  MarkdownRenderer,
  type PropertySchema,
  type Schema,
} from 'jsii-docgen';

/** What each construct inherits from `constructs.Construct`, described in the CDK's own reference. */
const OF_EVERY_CONSTRUCT = new Set(['toString', 'with', 'isConstruct', 'node']);

/** API.md in the form of jsii-docgen, without what says nothing about this package. Pure. @param abstract ids of classes */
export function renderPage(schema: Schema, abstract: ReadonlySet<string>): string {
  const { apiReference } = schema;
  if (!apiReference) throw new Error('jsii-docgen found no API');
  const own = { ...schema, apiReference: withoutRepetition(apiReference, abstract) };
  const page = MarkdownRenderer.fromSchema(own, { linkFormatter: link }).render();
  return `${short(page)
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

/**
 * Without the tables, which say once more what the sections after them say, and the lines between sections. An anchor has one
 * name. The package has the page, and has 5 MB at most.
 */
function short(page: string): string {
  const lines = page.split('\n').filter((line) => !line.startsWith('|') && line !== '---');
  return lines.join('\n').replaceAll(/<a name="[^"]*" id=/g, '<a id=');
}

function withoutRepetition(reference: ApiReferenceSchema, abstract: ReadonlySet<string>): ApiReferenceSchema {
  const shorten = (type: ClassSchema): ClassSchema => ({
    ...type,
    // `new` of an abstract class does not compile: its static functions create it.
    initializer: abstract.has(type.id) ? undefined : type.initializer,
    instanceMethods: type.instanceMethods.filter(isOwn),
    staticMethods: type.staticMethods.filter(isOwn),
    properties: ownProperties(type),
  });
  return {
    ...reference,
    constructs: reference.constructs.map(shorten),
    classes: reference.classes.map(shorten),
    structs: reference.structs.map((struct) => ({ ...struct, properties: ownProperties(struct) })),
    interfaces: reference.interfaces.map((each) => ({ ...each, properties: ownProperties(each) })),
  };
}

const isOwn = ({ displayName }: { readonly displayName: string }) => !OF_EVERY_CONSTRUCT.has(displayName);

/** Each with its name and type, and not once more as a line of code. */
function ownProperties({ properties }: { readonly properties: readonly PropertySchema[] }): PropertySchema[] {
  return properties.filter(isOwn).map((property) => ({ ...property, usage: undefined }));
}

/** Types of this package lead to their section, those of the CDK to its reference. */
function link(type: JsiiEntity, metadata: AssemblyMetadataSchema): string {
  if (type.packageName === metadata.packageName) return defaultLinkFormatter(type, metadata);
  return `<a href="https://docs.aws.amazon.com/cdk/api/v2/docs/${type.id}.html">${type.fqn}</a>`;
}

/** Links to sections of API.md that it does not have. @param texts of pages that may link to it */
export function deadLinks(page: string, texts: readonly string[]): readonly string[] {
  const links = texts.flatMap((text) => [...text.matchAll(/API\.md#([^)\s]+)\)/g)].map(([, id = '']) => id));
  return links.filter((id) => !page.includes(` id="${id}">`));
}
