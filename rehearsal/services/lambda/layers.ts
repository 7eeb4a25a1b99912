import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { arn, type ResourceType, type World } from '../../core/service';
import { codeFolder, type ReadObject } from './configuration';
import { unzip } from './zip';

interface LayerProperties {
  readonly LayerName?: string;
  readonly Content: { readonly S3Bucket: string; readonly S3Key: string };
}

/** Layers of the template by ARN, laid out when a function that has them is created. */
export class Layers {
  private readonly contents = new Map<string, LayerProperties['Content']>();
  private readonly versions = new Map<string, number>();

  constructor(
    private readonly world: World,
    private readonly readObject: ReadObject,
  ) {}

  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-layerversion.html */
  readonly resourceType: ResourceType<LayerProperties> = {
    create: ({ properties, logicalId }) => {
      const name = properties.LayerName ?? `${logicalId}${this.world.ids.token(8, 'abcdef0123456789')}`;
      const number = (this.versions.get(name) ?? 0) + 1;
      this.versions.set(name, number);
      const layerArn = arn(this.world, 'lambda', `layer:${name}:${number}`);
      this.contents.set(layerArn, properties.Content);
      return { physicalId: layerArn, attributes: { LayerVersionArn: layerArn } };
    },
    delete: ({ current }) => void this.contents.delete(current.physicalId),
  };

  /** @returns the ARNs that are no layers of a template */
  unknown(arns: readonly string[]): readonly string[] {
    return arns.filter((each) => !this.contents.has(each));
  }

  /** @returns the folder in place of `/opt`; files of a later layer replace those of earlier ones */
  async layOut(arns: readonly string[]): Promise<string | undefined> {
    const contents = arns.flatMap((each) => this.contents.get(each) ?? []);
    if (contents.length === 0) return undefined;
    const folder = join(
      codeFolder(this.world),
      'layers',
      createHash('sha256').update(JSON.stringify(contents)).digest('hex'),
    );
    if (existsSync(folder)) return folder;
    const zips = await Promise.all(contents.map(({ S3Bucket, S3Key }) => this.readObject(S3Bucket, S3Key)));
    mkdirSync(folder, { recursive: true });
    for (const zip of zips) unzip(zip, folder);
    return folder;
  }
}
