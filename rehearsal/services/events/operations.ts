import { arn, AwsError, type Call, type Operations, type Principal, type World } from '../../core/service';
import { matches } from './pattern';
import type { BusEvent, Rule, Rules } from './state';
import { inputOf, type Target } from './transform';

interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly Resources?: readonly string[];
}

/** EventBridge calls targets as itself; their own policies decide. */
const SERVICE: Principal = {
  arn: 'events.amazonaws.com',
  callerArn: 'events.amazonaws.com',
  kind: 'internal',
};

export function eventBridgeOperations(world: World, rules: Rules): Operations {
  return {
    PutEvents: {
      resources: () => [arn(world, 'events', 'event-bus/default')],
      handle: ({ Entries }: { Entries: readonly Entry[] }, { principal }: Call) => {
        const results = Entries.map((entry) => accept(world, rules, entry, principal));
        return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
      },
    },
    ListRules: {
      handle: ({ NamePrefix = '' }: { readonly NamePrefix?: string }) => ({
        Rules: [...rules.values()].map(describe).filter(({ Name }) => Name.startsWith(NamePrefix)),
      }),
    },
    ListTargetsByRule: {
      handle: ({ Rule: name }: { Rule: string }) => {
        const rule = rules.get(name);
        if (rule) return { Targets: rule.targets };
        throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`);
      },
    },
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html */
function accept(world: World, rules: Rules, entry: Entry, principal: Principal) {
  const { Source = '', DetailType = '', Detail = '', Resources = [] } = entry;
  const refuse = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
  if (!Source || !DetailType) return refuse('InvalidArgument', 'Source and DetailType are required.');
  if (Source.startsWith('aws.') && principal.kind !== 'internal') {
    return refuse('NotAuthorizedForSourceException', 'Not authorized for the source.');
  }
  let detail: unknown;
  try {
    detail = JSON.parse(Detail);
  } catch {
    return refuse('MalformedDetail', 'Detail is malformed.');
  }
  const event: BusEvent = {
    version: '0',
    id: world.ids.uuid(),
    'detail-type': DetailType,
    source: Source,
    account: world.accountId,
    // To the second, as on AWS.
    time: `${new Date(world.clock.now()).toISOString().slice(0, 19)}Z`,
    region: world.region,
    resources: Resources,
    detail,
  };
  for (const rule of rules.values()) {
    if (rule.enabled && rule.pattern && matches(rule.pattern, event)) {
      for (const target of rule.targets) void send(world, rule, target, event);
    }
  }
  return { EventId: event.id };
}

/** Never throws: the sender of an event does not learn what became of it. */
async function send(world: World, rule: Rule, target: Target, event: BusEvent): Promise<void> {
  const predefined = {
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    'aws.events.event.ingestion-time': event.time,
    'aws.events.event.json': event,
  };
  const tell = (what: 'matched' | 'failed', detail: string) =>
    world.events.record('events', what, `${rule.name}: ${detail}`, {
      rule: rule.name,
      target: target.Arn,
      detailType: event['detail-type'],
      eventId: event.id,
    });
  tell('matched', `${event['detail-type']} to ${target.Arn}`);
  try {
    const Message = inputOf(target, event, predefined);
    if (target.Arn.split(':')[2] !== 'sns') throw new Error('the rehearsal sends only to SNS topics');
    await world.call(SERVICE, 'sns', 'Publish', { TopicArn: target.Arn, Message });
  } catch (error) {
    tell('failed', `${target.Arn}: ${(error as Error).message}`);
  }
}

function describe({ name, arn: Arn, pattern, enabled }: Rule) {
  return {
    Name: name,
    Arn,
    EventPattern: pattern && JSON.stringify(pattern),
    State: enabled ? 'ENABLED' : 'DISABLED',
    EventBusName: 'default',
  };
}
