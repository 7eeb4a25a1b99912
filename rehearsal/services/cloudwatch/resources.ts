import { generatedName } from '../../core/ids';
import type { ResourceRequest, ResourceType } from '../../core/service';
import type { CloudWatchParts } from './operations';
import type { CompositeAlarm, MetricAlarm } from './state';

interface Dashboard {
  readonly DashboardName?: string;
  readonly DashboardBody: string;
}

/** CloudFormation passes numbers and booleans as text when they come from parameters. */
const NUMBERS = new Set(['Period', 'EvaluationPeriods', 'DatapointsToAlarm', 'Threshold']);
const BOOLEANS = new Set(['ActionsEnabled', 'ReturnData']);

export function resourceTypes(parts: CloudWatchParts): Readonly<Record<string, ResourceType>> {
  const { alarms, evaluator } = parts;
  return {
    'AWS::CloudWatch::Alarm': alarmType(parts, (properties) => {
      const record = alarms.putMetricAlarm(properties as unknown as MetricAlarm);
      evaluator.start();
      return record.arn;
    }),
    'AWS::CloudWatch::CompositeAlarm': alarmType(
      parts,
      (properties) => alarms.putCompositeAlarm(properties as unknown as CompositeAlarm).arn,
    ),
    'AWS::CloudWatch::Dashboard': dashboardType(parts),
  };
}

function alarmType(
  { world, alarms }: CloudWatchParts,
  put: (properties: Record<string, unknown>) => string,
): ResourceType {
  const save = (name: string, properties: Record<string, unknown>) => {
    const Arn = put({ ...(typed(properties) as Record<string, unknown>), AlarmName: name });
    return { physicalId: name, attributes: { Arn } };
  };
  return {
    create: (request: ResourceRequest) =>
      save(
        (request.properties.AlarmName as string | undefined) ??
          generatedName(request, world.ids.upper(12), NAME_LENGTH_MAX),
        request.properties,
      ),
    update: (request) => save(request.current.physicalId, request.properties as Record<string, unknown>),
    delete: (request) => alarms.delete([request.current.physicalId]),
  };
}

function dashboardType({ world, state }: CloudWatchParts): ResourceType<Dashboard> {
  const save = (name: string, { DashboardBody }: Dashboard) => {
    state.dashboards.set(name, DashboardBody);
    return { physicalId: name, attributes: {} };
  };
  return {
    create: (request) =>
      save(
        request.properties.DashboardName ?? generatedName(request, world.ids.upper(12), NAME_LENGTH_MAX),
        request.properties,
      ),
    update: (request) => save(request.current.physicalId, request.properties),
    delete: (request) => void state.dashboards.delete(request.current.physicalId),
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const NAME_LENGTH_MAX = 255;

function typed(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => typed(item));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, typed(item, name)]));
  if (typeof value === 'string' && NUMBERS.has(key)) return Number(value);
  return typeof value === 'string' && BOOLEANS.has(key) ? value === 'true' : value;
}
