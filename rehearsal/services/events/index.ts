import { covered } from '../../core/coverage';
import { eventsCoverage } from './coverage';
import type { Service, World } from '../../core/service';
import { eventBridgeOperations } from './operations';
import { eventBridgeResourceTypes } from './resources';
import type { Rules } from './state';

/** EventBridge, as far as a service's event reaches a topic: rules of the default bus, by event pattern. */
export function createEventBridge(world: World): Service {
  const rules: Rules = new Map();
  return {
    prefix: 'events',
    protocol: { kind: 'json', targetPrefix: 'AWSEvents' },
    operations: eventBridgeOperations(world, rules),
    resourceTypes: covered(eventBridgeResourceTypes(world, rules), eventsCoverage),
  };
}
