export interface Topic {
  readonly arn: string;
  readonly name: string;
  /** Its own policy, that of `AWS::SNS::TopicPolicy`. */
  policy?: unknown;
}

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  /** `http`, `https`, `email`, and others that are not delivered here. */
  readonly protocol: string;
  readonly endpoint: string;
  readonly raw: boolean;
  /** What confirms it. */
  readonly token: string;
  /** Nothing is sent to it before. */
  confirmed: boolean;
}

export class SnsState {
  readonly topics = new Map<string, Topic>();
  readonly subscriptions = new Map<string, Subscription>();

  of(topicArn: string): Subscription[] {
    return [...this.subscriptions.values()].filter((subscription) => subscription.topicArn === topicArn);
  }
}
