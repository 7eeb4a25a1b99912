import { createHash } from 'node:crypto';
import type { Parameter } from './state';

/**
 * Names that AWS publishes ids of machine images under.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-ami.html
 */
const IMAGE_ID =
  /^\/aws\/service\/(ami-(amazon-linux|windows)-latest\/.+|(ecs\/optimized-ami|eks\/optimized-ami|bottlerocket)\/.+\/image_id|canonical\/.+\/ami-id)$/;
const RECOMMENDED = /^\/aws\/service\/ecs\/optimized-ami\/.+\/recommended$/;

/** A public parameter with an id in the shape of AWS's, always the same for a name; no instance ever starts from it. */
export function publicParameter(name: string, modifiedAtMs: number): Parameter | undefined {
  const common = { name, type: 'String', version: 1, modifiedAtMs } as const;
  if (IMAGE_ID.test(name)) return { ...common, value: imageId(name) };
  if (!RECOMMENDED.test(name)) return undefined;
  return { ...common, value: JSON.stringify({ image_id: imageId(`${name}/image_id`), os: 'Amazon Linux' }) };
}

const imageId = (name: string) => `ami-${createHash('sha256').update(name).digest('hex').slice(0, 17)}`;
