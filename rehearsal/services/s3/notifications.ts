/** The notification configuration of a bucket, as its XML and as the members of AWS's model have it. */
import { isRecord } from '../../../common/json/values';
import { xmlText } from '../../core/wire/xml';

type Document = Readonly<Record<string, unknown>>;

/** By element: the member of the list, and the element and member of the target's ARN. */
const KINDS = {
  TopicConfiguration: { list: 'TopicConfigurations', element: 'Topic', arn: 'TopicArn' },
  QueueConfiguration: { list: 'QueueConfigurations', element: 'Queue', arn: 'QueueArn' },
  CloudFunctionConfiguration: {
    list: 'LambdaFunctionConfigurations',
    element: 'CloudFunction',
    arn: 'LambdaFunctionArn',
  },
} as const;

/** Elements that may be there more than once. */
export const NOTIFICATION_LISTS = [...Object.keys(KINDS), 'Event', 'FilterRule'];

/**
 * The members of a document, `NotificationConfiguration`.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
 */
export function notificationMembers(document: Document): Document {
  const lists = Object.entries(KINDS).flatMap(([name, { list, element, arn }]) => {
    const found = document[name];
    if (!Array.isArray(found)) return [];
    return [[list, (found as Document[]).map((each) => configurationOf(each, element, arn))] as const];
  });
  const bridge = 'EventBridgeConfiguration' in document ? { EventBridgeConfiguration: {} } : {};
  return { ...Object.fromEntries(lists), ...bridge };
}

function configurationOf({ Id, Event, Filter, ...rest }: Document, element: string, arn: string): Document {
  const key = isRecord(Filter) && isRecord(Filter['S3Key']) ? Filter['S3Key'] : undefined;
  return {
    ...(Id !== undefined && { Id }),
    [arn]: rest[element],
    Events: Event ?? [],
    ...(key && { Filter: { Key: { FilterRules: key['FilterRule'] ?? [] } } }),
  };
}

/** The document that has these members. */
export function notificationDocument(members: Document): Document {
  const lists = Object.entries(KINDS).map(([name, { list, element, arn }]) => {
    const found = (members[list] ?? []) as readonly Document[];
    return [name, found.map((each) => elementOf(each, element, arn))] as const;
  });
  const bridge = 'EventBridgeConfiguration' in members ? { EventBridgeConfiguration: xmlText('') } : {};
  return { ...Object.fromEntries(lists), ...bridge };
}

interface Configuration {
  readonly Id?: string;
  readonly Events?: readonly string[];
  readonly Filter?: { readonly Key?: { readonly FilterRules?: readonly Document[] } };
}

function elementOf(configuration: Document, element: string, arn: string): Document {
  const { Id, Events, Filter } = configuration as Configuration;
  return {
    Id,
    [element]: configuration[arn],
    Event: Events,
    ...(Filter && { Filter: { S3Key: { FilterRule: Filter.Key?.FilterRules } } }),
  };
}
