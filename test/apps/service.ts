import { join } from 'node:path';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';

/** The sample service, built from its Dockerfile: listens on 8080, and `VERSION` is what it responds with. */
export const image = () => ContainerImage.fromAsset(join(__dirname, '../../examples/service'));

export const PORT = 8080;

/** The environment of a version. The one of the name `crash` ends as soon as it runs. */
export const environmentOf = (version: string): Record<string, string> => ({
  VERSION: version,
  ...(version === 'crash' && { FAULT_CRASH_AFTER_MS: '1' }),
});
