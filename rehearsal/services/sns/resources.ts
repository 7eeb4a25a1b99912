import { isDeepStrictEqual } from 'node:util';
import { generatedName } from '../../core/ids';
import { secrets } from '../../core/secret';
import { arn, AwsError, type ResourceType, type World } from '../../core/service';
import type { Delivery } from './delivery';
import type { SnsState } from './state';

interface Endpoint {
  readonly Protocol: string;
  readonly Endpoint: string;
}

interface TopicProperties {
  readonly TopicName?: string;
  readonly Subscription?: readonly Endpoint[];
}

interface SubscriptionProperties {
  readonly TopicArn: string;
  readonly Protocol: string;
  readonly Endpoint: string;
  readonly RawMessageDelivery?: boolean | string;
}

interface TopicPolicyProperties {
  readonly PolicyDocument: unknown;
  readonly Topics: readonly string[];
}

export function snsResourceTypes(
  world: World,
  state: SnsState,
  delivery: Delivery,
): Readonly<Record<string, ResourceType>> {
  return {
    'AWS::SNS::Topic': topic(world, state, delivery),
    'AWS::SNS::Subscription': subscription(world, state, delivery),
    'AWS::SNS::TopicPolicy': topicPolicy(world, state),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html */
function topic(world: World, state: SnsState, delivery: Delivery): ResourceType<TopicProperties> {
  const subscribe = (topicArn: string, { Subscription = [] }: TopicProperties) => {
    for (const each of Subscription) add(world, state, delivery, { TopicArn: topicArn, ...each });
  };
  return {
    create: ({ properties, stackName, logicalId }) => {
      // https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
      const name = properties.TopicName ?? generatedName({ stackName, logicalId }, world.ids.upper(12), 256);
      const topicArn = arn(world, 'sns', name);
      state.topics.set(topicArn, { arn: topicArn, name });
      subscribe(topicArn, properties);
      return { physicalId: topicArn, attributes: { TopicArn: topicArn, TopicName: name } };
    },
    update: ({ current, properties, previous }) => {
      if (isDeepStrictEqual(properties.Subscription, previous.Subscription)) return current;
      for (const { protocol, endpoint, arn: subscriptionArn } of state.of(current.physicalId)) {
        const isOwn = ({ Protocol, Endpoint }: Endpoint) => Protocol === protocol && Endpoint === endpoint;
        if (previous.Subscription?.some(isOwn)) state.subscriptions.delete(subscriptionArn);
      }
      subscribe(current.physicalId, properties);
      return current;
    },
    delete: ({ current: { physicalId } }) => {
      state.topics.delete(physicalId);
      // "When you delete a topic, its subscriptions are deleted": https://docs.aws.amazon.com/sns/latest/api/API_DeleteTopic.html
      for (const each of state.of(physicalId)) state.subscriptions.delete(each.arn);
    },
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html */
function subscription(world: World, state: SnsState, delivery: Delivery): ResourceType<SubscriptionProperties> {
  return {
    create: ({ properties }) => {
      const physicalId = add(world, state, delivery, properties);
      return { physicalId, attributes: { Arn: physicalId } };
    },
    update: ({ current, properties: { RawMessageDelivery } }) => {
      const before = state.subscriptions.get(current.physicalId);
      const raw = String(RawMessageDelivery) === 'true';
      if (before) state.subscriptions.set(current.physicalId, { ...before, raw });
      return current;
    },
    delete: ({ current: { physicalId } }) => void state.subscriptions.delete(physicalId),
  };
}

/** @returns its ARN @throws AwsError NotFound */
function add(world: World, state: SnsState, delivery: Delivery, properties: SubscriptionProperties): string {
  const { TopicArn: topicArn, Protocol: protocol, Endpoint: endpoint, RawMessageDelivery } = properties;
  if (!state.topics.has(topicArn)) throw new AwsError('NotFound', 'Topic does not exist', 404);
  const subscriptionArn = `${topicArn}:${world.ids.uuid()}`;
  const made = {
    arn: subscriptionArn,
    topicArn,
    protocol,
    endpoint,
    raw: String(RawMessageDelivery) === 'true',
    token: secrets.path(),
    confirmed: false,
  };
  state.subscriptions.set(subscriptionArn, made);
  delivery.ask(made);
  return subscriptionArn;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topicpolicy.html */
function topicPolicy(world: World, state: SnsState): ResourceType<TopicPolicyProperties> {
  const apply = ({ Topics }: TopicPolicyProperties, policy: unknown) => {
    for (const topicArn of Topics) {
      const found = state.topics.get(topicArn);
      if (found) found.policy = policy;
    }
  };
  return {
    create: ({ properties, stackName, logicalId }) => {
      apply(properties, properties.PolicyDocument);
      const physicalId = `${stackName}-${logicalId}-${world.ids.upper(12)}`;
      return { physicalId, attributes: { Id: physicalId } };
    },
    update: ({ properties, current }) => {
      apply(properties, properties.PolicyDocument);
      return current;
    },
    delete: ({ properties }) => apply(properties, undefined),
  };
}
