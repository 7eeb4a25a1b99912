import type { ResourceType, Service, World } from '../../core/service';
import { Engine } from './engine';
import type { InertResource } from './inert';
import { NESTED_STACK, nestedStackType } from './nested-stack';
import { cloudFormationOperations } from './operations';
import { Responses } from './responses';
import type { SchemaLookup } from './schema/schemas';
import type { ReadObject } from './template/source';

export type { InertResource } from './inert';
export { Engine } from './engine';
export { Responses, startResponseServer } from './responses';
export type { ReadObject } from './template/source';

export interface CloudFormationService extends Service {
  /** Resources that exist now and are of a type that no service here has behaviour for. */
  inertResources(): readonly InertResource[];
}

export interface CloudFormationOptions {
  /** The `resourceTypes` of all services, merged. */
  readonly resourceTypes: Readonly<Record<string, ResourceType>>;
  /** Reads templates that are given by URL. */
  readonly readObject: ReadObject;
  /** Where custom resources put their responses. */
  readonly responses: Responses;
  /** The engines of all accounts and regions. */
  readonly engines?: Map<string, Engine>;
  /** Schemas of resource types; those of AWS by default. */
  readonly schemas?: SchemaLookup;
}

/**
 * CloudFormation: stacks, change sets, rollbacks and custom resources. Resources are created by the local AWS itself,
 * as on AWS by the execution role that `cdk bootstrap` makes, which may do everything (AdministratorAccess).
 */
export function createCloudFormation(world: World, options: CloudFormationOptions): CloudFormationService {
  const engine = new Engine(world, options.resourceTypes, options.responses, options.engines, options.schemas);
  engine.register(NESTED_STACK, nestedStackType(engine, options.readObject));
  return {
    prefix: 'cloudformation',
    protocol: {
      kind: 'query',
      version: '2010-05-15',
      namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    },
    operations: cloudFormationOperations({ engine, readObject: options.readObject }),
    inertResources: () => engine.inertResources(),
    stop: async () => engine.stop(),
  };
}
