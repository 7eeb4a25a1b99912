import type { World } from '../../core/service';
import type { SnsState, Subscription } from './state';

/** Where a subscriber's confirmation goes, in addition to the AWS protocols. */
export const CONFIRM_PATH = '/_sns/confirm/';

/** Real milliseconds that a subscriber has to respond. https://docs.aws.amazon.com/sns/latest/dg/sns-prepare-for-https.html: 15 s */
const RESPONSE_MS = 15_000;

export interface Message {
  readonly id: string;
  readonly topicArn: string;
  readonly text: string;
  readonly subject?: string;
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Sends messages to subscribers and reports on the timeline what became of each. */
export class Delivery {
  private readonly ending = new AbortController();
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly world: World,
    private readonly state: SnsState,
  ) {}

  /** To every subscriber, in the background. */
  publish(message: Message): void {
    for (const subscription of this.state.of(message.topicArn)) {
      this.track(subscription, message, () => this.deliver(subscription, message));
    }
  }

  /**
   * Asks an HTTP endpoint to confirm. A person's mailbox counts as confirmed.
   * https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html
   */
  ask(subscription: Subscription): void {
    if (!isHttp(subscription)) return void (subscription.confirmed = true);
    const { topicArn, token } = subscription;
    const body = {
      Type: 'SubscriptionConfirmation',
      MessageId: this.world.ids.uuid(),
      Token: token,
      TopicArn: topicArn,
      Message: `You have chosen to subscribe to the topic ${topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
      SubscribeURL: `${this.world.endpoint}${CONFIRM_PATH}${token}`,
      Timestamp: this.timestamp(),
    };
    this.track(subscription, undefined, () => this.post(subscription, body, JSON.stringify(body, undefined, 2)));
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await Promise.all(this.underWay);
  }

  private track(subscription: Subscription, message: Message | undefined, work: () => Promise<void> | void): void {
    const tracked = (async () => work())()
      .then(() => message && this.record(subscription, message))
      .catch((error: unknown) => {
        if (!this.ending.signal.aborted) this.record(subscription, message, (error as Error).message);
      })
      .finally(() => void this.underWay.delete(tracked));
    this.underWay.add(tracked);
  }

  private deliver(subscription: Subscription, message: Message): Promise<void> | void {
    if (!subscription.confirmed) throw new Error('the subscription is not confirmed');
    if (subscription.protocol.startsWith('email')) return;
    if (!isHttp(subscription)) throw new Error(`protocol ${subscription.protocol} has no behaviour in the rehearsal`);
    const body = {
      Type: 'Notification',
      MessageId: message.id,
      TopicArn: message.topicArn,
      ...(message.subject !== undefined && { Subject: message.subject }),
      Message: message.text,
      Timestamp: this.timestamp(),
    };
    return this.post(subscription, body, subscription.raw ? message.text : JSON.stringify(body, undefined, 2));
  }

  /** @throws Error that says why it did not arrive */
  private async post(
    { endpoint, topicArn, arn, raw }: Subscription,
    { Type, MessageId }: { readonly Type: string; readonly MessageId: string },
    body: string,
  ): Promise<void> {
    if (!LOOPBACK.has(new URL(endpoint).hostname)) throw new Error('the rehearsal sends only to loopback');
    const limit = new AbortController();
    const timer = this.world.clock.afterReal(RESPONSE_MS, () => limit.abort(new Error('no response in time')));
    const response = await fetch(endpoint, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.any([this.ending.signal, limit.signal]),
      headers: {
        'content-type': 'text/plain; charset=UTF-8',
        'user-agent': 'Amazon Simple Notification Service Agent',
        'x-amz-sns-message-type': Type,
        'x-amz-sns-message-id': MessageId,
        'x-amz-sns-topic-arn': topicArn,
        ...(Type === 'Notification' && { 'x-amz-sns-subscription-arn': arn }),
        ...(raw && { 'x-amz-sns-rawdelivery': 'true' }),
      },
      body,
    }).finally(() => timer.cancel());
    await response.body?.cancel();
    if (!response.ok) throw new Error(`the endpoint responded with ${response.status}`);
  }

  private record({ topicArn, protocol, endpoint }: Subscription, message?: Message, problem?: string): void {
    const event = problem === undefined ? 'delivered' : 'not-delivered';
    const what = message ? `: ${message.text}` : '';
    this.world.events.record('sns', event, `${protocol} ${endpoint}${problem ? ` (${problem})` : ''}${what}`, {
      topicArn,
      protocol,
      endpoint,
      ...(message && { messageId: message.id, message: message.text }),
      ...(problem !== undefined && { problem }),
    });
  }

  private timestamp(): string {
    return new Date(this.world.clock.now()).toISOString();
  }
}

function isHttp({ protocol }: Subscription): boolean {
  return protocol === 'http' || protocol === 'https';
}
