import type { ResourceState } from '../../core/service';
import type { ValidationError } from './schema/early-validation';
import type { StackStatus } from './stack-status';
import type { Properties, ResourceDefinition, Template } from './template/template';

/** A resource that exists. Records are replaced, never changed, so that a rollback can keep the old ones. */
export interface ResourceRecord {
  readonly logicalId: string;
  readonly definition: ResourceDefinition;
  readonly dependsOn: readonly string[];
  /** Intrinsics resolved; what the next update is compared with. Dynamic references stay as written. */
  readonly properties: Properties;
  /** What the resource type was given: dynamic references resolved too. */
  readonly effective: Properties;
  readonly state: ResourceState;
}

/** What one deployment did to one resource, for the rollback. */
export type Touch =
  | { readonly action: 'create'; readonly after?: ResourceRecord }
  | { readonly action: 'replace'; readonly before: ResourceRecord; readonly after?: ResourceRecord }
  | {
      readonly action: 'update';
      readonly before: ResourceRecord;
      /** The properties that the failed or completed update was given. */
      readonly attempted: Properties;
      readonly after?: ResourceRecord;
    };

/** A template with the values that it is deployed with. */
export interface Source {
  readonly body: string;
  readonly template: Template;
  readonly parameters: readonly ParameterValue[];
  readonly tags: readonly Tag[];
}

export interface ParameterValue {
  readonly key: string;
  /** As given; the SSM parameter's name for `AWS::SSM::Parameter::Value<…>`. */
  readonly value: string;
  /** What `Ref` returns: a list for list types, the stored value for SSM types. */
  readonly resolved: unknown;
  readonly ssm: boolean;
  readonly noEcho: boolean;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface StackOutput {
  readonly OutputKey: string;
  readonly OutputValue: string;
  readonly Description?: string;
  readonly ExportName?: string;
}

/** What a rollback goes back to, and by which steps. */
export interface Baseline {
  readonly source: Source;
  readonly outputs: readonly StackOutput[];
  readonly records: ReadonlyMap<string, ResourceRecord>;
  readonly touched: Map<string, Touch>;
  /** Physical resources to delete once a rollback has restored everything. */
  readonly discard: ResourceRecord[];
}

export interface StackEvent {
  readonly EventId: string;
  readonly StackId: string;
  readonly StackName: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId: string;
  readonly ResourceType: string;
  readonly Timestamp: Date;
  readonly ResourceStatus: string;
  readonly ResourceStatusReason?: string;
  readonly ResourceProperties?: string;
  readonly ClientRequestToken?: string;
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly createdAtMs: number;
  readonly source: Source;
  readonly options: StackOptions;
  readonly type: 'CREATE' | 'UPDATE';
  readonly changes: readonly unknown[];
  readonly status: 'CREATE_COMPLETE' | 'FAILED';
  readonly statusReason?: string;
  /** Why it did not pass validation. */
  readonly errors: readonly ValidationError[];
  executionStatus: 'AVAILABLE' | 'UNAVAILABLE' | 'EXECUTE_COMPLETE' | 'OBSOLETE';
}

export interface StackOptions {
  readonly roleArn?: string;
  readonly capabilities: readonly string[];
  readonly notificationArns: readonly string[];
  readonly disableRollback: boolean;
}

/** The state of a resource, as ListStackResources and DescribeStackResources show it. */
export interface ResourceStatus {
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly atMs: number;
}

export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
  /** Of the stack that this one is a resource of, and of the outermost one. */
  parentId?: string;
  rootId?: string;
  status: StackStatus;
  statusReason?: string;
  updatedAtMs?: number;
  deletedAtMs?: number;
  source?: Source;
  options: StackOptions;
  terminationProtection: boolean;
  outputs: readonly StackOutput[];
  readonly records: Map<string, ResourceRecord>;
  readonly statuses: Map<string, ResourceStatus>;
  /** Oldest first. */
  readonly events: StackEvent[];
  readonly changeSets: Map<string, ChangeSet>;
  /** Of the change set that was executed last. */
  changeSetId?: string;
  clientToken?: string;
  /** While an operation can be rolled back. */
  baseline?: Baseline;
  /** Ends the operation that runs; for CancelUpdateStack and for the end of the rehearsal. */
  abort?: AbortController;
}
