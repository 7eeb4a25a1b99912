import type { Pattern } from './pattern';
import type { Target } from './transform';

export interface Rule {
  readonly arn: string;
  readonly name: string;
  /** Absent for a rule on a schedule, which never fires here. */
  readonly pattern?: Pattern;
  readonly enabled: boolean;
  readonly targets: readonly Target[];
}

/** An event as its targets get it. https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** Rules of the default bus, by name. */
export type Rules = Map<string, Rule>;
