import type { World } from '../../../core/service';
import { dependenciesOf, inOrder, references } from './graph';
import { type GivenParameter, parameterValues } from './parameters';
import { unresolved } from './scope';
import type { Source, Tag } from '../state';
import { checkSections } from './sections';
import { invalid, parseTemplate, type Template } from './template';

/** Reads an object of the rehearsed S3. @throws when it does not exist */
export type ReadObject = (bucket: string, key: string) => Promise<Buffer | string>;

/** What CreateStack, UpdateStack and CreateChangeSet share. */
export interface SourceInput {
  readonly TemplateBody?: string;
  readonly TemplateURL?: string;
  readonly UsePreviousTemplate?: boolean | string;
  readonly Parameters?: readonly GivenParameter[];
  readonly Tags?: readonly Tag[];
}

/**
 * The template and its parameters' values, checked as CloudFormation checks them before it starts anything.
 * @throws AwsError ValidationError
 */
export async function loadSource(
  world: World,
  readObject: ReadObject,
  input: SourceInput,
  previous?: Source,
): Promise<Source> {
  const body = await templateBody(readObject, input, previous);
  const template = parseTemplate(body);
  checkSections({ ...template });
  checkReferences(template);
  const parameters = await parameterValues(world, template, input.Parameters ?? [], previous?.parameters ?? []);
  return { body, template, parameters, tags: input.Tags ?? previous?.tags ?? [] };
}

/** @throws AwsError ValidationError when no template, or one that cannot be read, is given */
export async function templateBody(readObject: ReadObject, input: SourceInput, previous?: Source): Promise<string> {
  if (input.TemplateBody !== undefined) return input.TemplateBody;
  if (String(input.UsePreviousTemplate) === 'true' && previous) return previous.body;
  if (input.TemplateURL === undefined) throw invalid('Either Template URL or Template Body must be specified.');
  const { bucket, key } = objectOf(input.TemplateURL);
  try {
    return (await readObject(bucket, key)).toString();
  } catch (error) {
    throw invalid(`S3 error: ${(error as Error).message} (${input.TemplateURL})`);
  }
}

/** Bucket and key of an S3 URL, in path style or virtual-hosted style. @throws AwsError ValidationError */
export function objectOf(url: string): { bucket: string; key: string } {
  let parsed: URL;
  try {
    parsed = new URL(url);
    decodeURIComponent(parsed.pathname);
  } catch {
    throw invalid(`TemplateURL must be a supported URL: ${url}`);
  }
  const path = decodeURIComponent(parsed.pathname.slice(1));
  const virtual = /^(.+)\.s3[.-][^/]*$/.exec(parsed.hostname)?.[1];
  if (virtual !== undefined) return { bucket: virtual, key: path };
  const slash = path.indexOf('/');
  if (slash <= 0) throw invalid(`TemplateURL must reference a valid S3 object: ${url}`);
  return { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

/** @throws AwsError ValidationError for a name that nothing in the template has, or for a cycle */
function checkReferences(template: Template): void {
  const ids = new Set(Object.keys(template.Resources));
  const known = (name: string) => ids.has(name) || name.startsWith('AWS::') || name in (template.Parameters ?? {});
  const explicit = Object.values(template.Resources).flatMap((resource) => resource.DependsOn ?? []);
  const used = [...references([template.Resources, template.Outputs]), ...explicit];
  const missing = used.filter((name) => !known(name));
  if (missing.length > 0) throw unresolved([...new Set(missing)]);
  const nodes = Object.entries(template.Resources).map(([id, resource]) => ({
    id,
    after: dependenciesOf(resource, ids),
  }));
  inOrder(nodes);
}
