import type { ServiceModel, ShapeModel } from './model';

/** Limits that AWS enforces and its models do not have. */

interface Limits {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

/** Recorded on AWS; "Maximum length of 128 characters": the console's and the API reference's. */
const stackName: Limits = { pattern: '[a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*', min: 1 };

/** "It must be less than 51,200 bytes": https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const templateBody: Limits = { max: 51_200 };

/** "This value can be between 1 and 100 results": https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html */
const ecsPage: Limits = { min: 1, max: 100 };

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
];

/** By service, then by `<structure of the model>.<member>`; `*` is every structure. */
const LIMITS: Readonly<Record<string, Readonly<Record<string, Limits>>>> = {
  cloudformation: { '*.TemplateBody': templateBody, '*.StackName': stackName },
  ecs: {
    'ListTasksRequest.maxResults': ecsPage,
    'ListServicesRequest.maxResults': ecsPage,
    'ListClustersRequest.maxResults': ecsPage,
    'ListTaskDefinitionsRequest.maxResults': ecsPage,
    'UpdateServiceRequest.desiredCount': { min: 0 },
    'CreateServiceRequest.desiredCount': { min: 0 },
  },
  logs: { 'PutRetentionPolicyRequest.retentionInDays': { enum: RETENTION_DAYS.map(String) } },
  // "This value can be between 1 and 50": https://docs.aws.amazon.com/autoscaling/application/APIReference/
  'application-autoscaling': { 'DescribeScalableTargetsRequest.MaxResults': { min: 1, max: 50 } },
};

/** Enums that lack values which AWS sends: events of a stack have the stack's statuses too, as recorded. */
const OPEN_ENUMS: Readonly<Record<string, readonly string[]>> = { cloudformation: ['ResourceStatus'] };

/** The model with those limits as shapes of their own. */
export function withLimits(prefix: string, model: ServiceModel): ServiceModel {
  const limits = LIMITS[prefix];
  if (!limits) return model;
  const shapes: Record<string, ShapeModel> = { ...model.shapes };
  for (const name of OPEN_ENUMS[prefix] ?? []) shapes[name] = { type: 'string' };
  for (const name of new Set(Object.values(model.operations).map(({ input }) => input ?? ''))) {
    const shape = shapes[name];
    if (shape?.type !== 'structure') continue;
    const members = { ...shape.members };
    for (const [member, type] of Object.entries(members)) {
      const limit = limits[`${name}.${member}`] ?? limits[`*.${member}`];
      if (!limit) continue;
      members[member] = `${name}.${member}`;
      shapes[`${name}.${member}`] = { ...(shapes[type] ?? { type }), ...limit } as ShapeModel;
    }
    shapes[name] = { ...shape, members };
  }
  return { ...model, shapes };
}
