import { AwsError, type Call, type Operations, type World } from '../../core/service';
import type { Delivery } from './delivery';
import type { SnsState, Subscription, Topic } from './state';

/** Asks a resource's own policy about an AWS service that calls. @throws AwsError when it does not let it */
export type AuthorizeService = (
  policy: unknown,
  access: { readonly service: string; readonly action: string; readonly resource: string },
) => void;

interface PublishInput {
  readonly TopicArn: string;
  readonly Message: string;
  readonly Subject?: string;
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: 262,144 bytes */
const MESSAGE_BYTES_MAX = 262_144;

export function snsOperations(
  world: World,
  state: SnsState,
  delivery: Delivery,
  authorizeService: AuthorizeService,
): Operations {
  const topicOf = (arn: string): Topic => {
    const topic = state.topics.get(arn);
    if (!topic) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return topic;
  };
  return {
    Publish: {
      resources: ({ TopicArn }: PublishInput) => [TopicArn],
      handle: ({ TopicArn, Message, Subject }: PublishInput, { principal }: Call) => {
        const topic = topicOf(TopicArn);
        const service = /^[\w.-]+\.amazonaws\.com$/.exec(principal.arn)?.[0];
        if (service) authorizeService(topic.policy, { service, action: 'sns:Publish', resource: TopicArn });
        if (!Message) throw new AwsError('InvalidParameter', 'Invalid parameter: Empty message');
        if (Buffer.byteLength(Message) > MESSAGE_BYTES_MAX) {
          throw new AwsError('InvalidParameter', 'Invalid parameter: Message too long');
        }
        const MessageId = world.ids.uuid();
        delivery.publish({ id: MessageId, topicArn: TopicArn, text: Message, subject: Subject });
        return { MessageId };
      },
    },
    ListSubscriptionsByTopic: {
      resources: ({ TopicArn }: { TopicArn: string }) => [TopicArn],
      handle: ({ TopicArn }: { TopicArn: string }) => ({
        Subscriptions: state.of(topicOf(TopicArn).arn).map((each) => describe(world, each)),
      }),
    },
  };
}

function describe(world: World, { arn, topicArn, protocol, endpoint, confirmed }: Subscription) {
  return {
    SubscriptionArn: confirmed ? arn : 'PendingConfirmation',
    Owner: world.accountId,
    Protocol: protocol,
    Endpoint: endpoint,
    TopicArn: topicArn,
  };
}
