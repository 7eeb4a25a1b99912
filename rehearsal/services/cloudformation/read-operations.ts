import type { Operations } from '../../core/service';
import { describeParameter, requireChangeSet } from './change-sets';
import { type Api, findStack, onStack, requireStack, type StackName } from './stacks';
import { type ReadObject, type SourceInput, templateBody } from './template/source';
import type { ResourceStatus, Stack } from './state';
import { invalid, parseTemplate, type Template } from './template/template';

export function readOperations(api: Api): Operations {
  const { engine } = api;
  const all = () => engine.stacks.filter((stack) => stack.status !== 'DELETE_COMPLETE');
  return {
    DescribeStacks: onStack(api, (input: Partial<StackName>) => {
      if (input.StackName === undefined) return { Stacks: all().map(describeStack) };
      const stack = findStack(engine, input.StackName);
      if (!stack) throw invalid(`Stack with id ${input.StackName} does not exist`);
      return { Stacks: [describeStack(stack)] };
    }),
    ListStacks: {
      handle: (input: { readonly StackStatusFilter?: readonly string[] }) => {
        const wanted = input.StackStatusFilter ?? [];
        const listed = engine.stacks.filter((stack) => wanted.length === 0 || wanted.includes(stack.status));
        return { StackSummaries: listed.map(summarizeStack) };
      },
    },
    ListExports: {
      handle: () => {
        const exports = all().flatMap((stack) =>
          stack.outputs
            .filter((output) => output.ExportName !== undefined)
            .map(({ ExportName, OutputValue }) => ({
              ExportingStackId: stack.id,
              Name: ExportName,
              Value: OutputValue,
            })),
        );
        return { Exports: exports };
      },
    },
    ...eventOperations(api),
    ...resourceOperations(api),
    ...templateOperations(api),
  };
}

function eventOperations(api: Api): Operations {
  return {
    DescribeStackEvents: onStack(api, (input: StackName) => ({
      StackEvents: [...requireStack(api.engine, input.StackName).events].reverse(),
    })),
    DescribeEvents: onStack(
      api,
      (input: Partial<StackName> & { ChangeSetName?: string; Filters?: { FailedEvents?: boolean | string } }) => {
        const { ChangeSetName } = input;
        if (ChangeSetName !== undefined) return { OperationEvents: validationEvents(api, { ...input, ChangeSetName }) };
        if (input.StackName === undefined) {
          throw invalid('One of ChangeSetName, OperationId or StackName must be specified');
        }
        const events = [...requireStack(api.engine, input.StackName).events].reverse();
        const onlyFailed = String(input.Filters?.FailedEvents) === 'true';
        const shown = events.filter((event) => !onlyFailed || event.ResourceStatus.endsWith('_FAILED'));
        return { OperationEvents: shown.map(({ StackName: _, ...event }) => ({ ...event, EventType: 'STACK_EVENT' })) };
      },
    ),
  };
}

/** What validation found wrong with a change set: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_OperationEvent.html */
function validationEvents(api: Api, input: Partial<StackName> & { readonly ChangeSetName: string }): unknown[] {
  const { stack, changeSet } = requireChangeSet(api, input);
  return changeSet.errors.map(({ logicalId, type, path, reason }, index) => ({
    EventId: `${changeSet.id.slice(changeSet.id.lastIndexOf('/') + 1)}-${index}`,
    StackId: stack.id,
    OperationType: 'CREATE_CHANGESET',
    EventType: 'VALIDATION_ERROR',
    LogicalResourceId: logicalId,
    PhysicalResourceId: '',
    ResourceType: type,
    Timestamp: new Date(changeSet.createdAtMs),
    ValidationFailureMode: 'FAIL',
    ValidationName: 'PROPERTY_VALIDATION',
    ValidationStatus: 'FAILED',
    ValidationStatusReason: reason,
    ValidationPath: path,
  }));
}

function resourceOperations(api: Api): Operations {
  const { engine } = api;
  return {
    ListStackResources: onStack(api, (input: StackName) => {
      const stack = findStack(engine, input.StackName);
      if (!stack) throw invalid(`Stack with id ${input.StackName} does not exist`);
      const summaries = [...stack.statuses].map(([logicalId, status]) => ({
        ...describeResource(logicalId, status),
        LastUpdatedTimestamp: new Date(status.atMs),
      }));
      return { StackResourceSummaries: summaries };
    }),
    DescribeStackResources: onStack(
      api,
      (input: Partial<StackName> & { LogicalResourceId?: string; PhysicalResourceId?: string }) => {
        const stack =
          input.StackName === undefined
            ? engine.stacks.find((one) => holds(one, input.PhysicalResourceId))
            : findStack(engine, input.StackName);
        if (!stack) throw invalid(`Stack with id ${input.StackName ?? input.PhysicalResourceId ?? ''} does not exist`);
        const shown = [...stack.statuses].filter(
          ([logicalId]) => input.LogicalResourceId === undefined || input.LogicalResourceId === logicalId,
        );
        return {
          StackResources: shown.map(([logicalId, status]) => ({
            StackName: stack.name,
            StackId: stack.id,
            ...describeResource(logicalId, status),
            Timestamp: new Date(status.atMs),
          })),
        };
      },
    ),
    DescribeStackResource: onStack(api, (input: StackName & { LogicalResourceId: string }) => {
      const stack = findStack(engine, input.StackName);
      if (!stack) throw invalid(`Stack '${input.StackName}' does not exist`);
      const status = stack.statuses.get(input.LogicalResourceId);
      if (!status) throw invalid(`Resource ${input.LogicalResourceId} does not exist for stack ${stack.name}`);
      const detail = describeResource(input.LogicalResourceId, status);
      const common = { StackName: stack.name, StackId: stack.id, LastUpdatedTimestamp: new Date(status.atMs) };
      return { StackResourceDetail: { ...common, ...detail } };
    }),
  };
}

function templateOperations(api: Api): Operations {
  const { engine } = api;
  const bodyOf = (name: string) => requireStack(engine, name).source?.body;
  return {
    GetTemplate: onStack(api, (input: StackName & { ChangeSetName?: string }) => {
      const stack = findStack(engine, input.StackName);
      if (!stack) throw invalid(`Stack with id ${input.StackName} does not exist`);
      const changeSets = [...stack.changeSets.values()];
      const changeSet = changeSets.find((one) => [one.id, one.name].includes(input.ChangeSetName ?? ''));
      // A stack in review has no template yet; the operation returns an empty one.
      const TemplateBody = changeSet?.source.body ?? stack.source?.body ?? '{}';
      return { TemplateBody, StagesAvailable: ['Original', 'Processed'] };
    }),
    GetTemplateSummary: onStack(api, async (input: SourceInput & Partial<StackName>) =>
      templateSummary(parseTemplate(await summaryBody(api.readObject, input, bodyOf))),
    ),
    ValidateTemplate: {
      handle: async (input: SourceInput) =>
        templateValidation(parseTemplate(await templateBody(api.readObject, input))),
    },
  };
}

async function summaryBody(
  readObject: ReadObject,
  input: SourceInput & Partial<StackName>,
  bodyOf: (name: string) => string | undefined,
): Promise<string> {
  const deployed = input.StackName === undefined ? undefined : bodyOf(input.StackName);
  return deployed ?? templateBody(readObject, input);
}

const typesOf = (template: Template) =>
  [...new Set(Object.values(template.Resources).map((resource) => resource.Type))].sort();

function templateSummary(template: Template) {
  const { Parameters, ...common } = templateValidation(template);
  const declared = template.Parameters ?? {};
  return {
    ...common,
    Parameters: Parameters.map((each) => ({ ...each, ParameterType: declared[each.ParameterKey]?.Type })),
    ResourceTypes: typesOf(template),
    ResourceIdentifierSummaries: [],
  };
}

/** What ValidateTemplate says too: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html */
function templateValidation(template: Template) {
  const iam = typesOf(template).filter((type) => type.startsWith('AWS::IAM::'));
  return {
    Description: template.Description,
    Parameters: Object.entries(template.Parameters ?? {}).map(([key, parameter]) => ({
      ParameterKey: key,
      DefaultValue: parameter.Default === undefined ? undefined : String(parameter.Default as string),
      Description: parameter.Description,
      NoEcho: String(parameter.NoEcho) === 'true',
    })),
    ...(iam.length > 0
      ? {
          Capabilities: ['CAPABILITY_NAMED_IAM'],
          CapabilitiesReason: `The following resource(s) require capabilities: [${iam.join(', ')}]`,
        }
      : {}),
  };
}

function holds(stack: Stack, physicalId: string | undefined): boolean {
  return [...stack.statuses.values()].some((status) => status.physicalId === physicalId);
}

function describeResource(logicalId: string, status: ResourceStatus) {
  return {
    LogicalResourceId: logicalId,
    PhysicalResourceId: status.physicalId,
    ResourceType: status.type,
    ResourceStatus: status.status,
    ResourceStatusReason: status.reason,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

/** AWS leaves out parameters, capabilities and outputs of a stack without them, as recorded. */
function filled<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list && list.length > 0 ? list : undefined;
}

function describeStack(stack: Stack) {
  const isDeleted = stack.status === 'DELETE_COMPLETE';
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: isDeleted ? undefined : stack.changeSetId,
    ParentId: stack.parentId,
    RootId: stack.rootId,
    Description: stack.source?.template.Description,
    Parameters: filled((stack.source?.parameters ?? []).map(describeParameter)),
    CreationTime: new Date(stack.createdAtMs),
    LastUpdatedTime: stack.updatedAtMs === undefined ? undefined : new Date(stack.updatedAtMs),
    DeletionTime: stack.deletedAtMs === undefined ? undefined : new Date(stack.deletedAtMs),
    RollbackConfiguration: {},
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DisableRollback: stack.options.disableRollback,
    NotificationARNs: stack.options.notificationArns,
    Capabilities: filled(stack.options.capabilities),
    Outputs: filled(stack.outputs),
    RoleARN: stack.options.roleArn,
    Tags: stack.source?.tags ?? [],
    EnableTerminationProtection: isDeleted ? undefined : stack.terminationProtection,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

function summarizeStack(stack: Stack) {
  const { StackId, StackName, CreationTime, LastUpdatedTime, DeletionTime, StackStatus, StackStatusReason } =
    describeStack(stack);
  return { StackId, StackName, CreationTime, LastUpdatedTime, DeletionTime, StackStatus, StackStatusReason };
}
