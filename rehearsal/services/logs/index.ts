import { covered } from '../../core/coverage';
import { logsCoverage } from './coverage';
import type { Service, World } from '../../core/service';
import { logsOperations } from './operations';
import { logsResourceTypes } from './resources';
import { LogState } from './state';

export interface LogsService extends Service {
  /** Read by tests and reports; AWS's own clients use the operations. */
  readonly state: LogState;
}

/** CloudWatch Logs. An event is visible the moment PutLogEvents returns [assumed: AWS takes a few seconds]. */
export function createLogs(world: World): LogsService {
  const state = new LogState();
  return {
    prefix: 'logs',
    protocol: { kind: 'json', targetPrefix: 'Logs_20140328' },
    operations: logsOperations(world, state),
    resourceTypes: covered(logsResourceTypes(world, state), logsCoverage),
    state,
  };
}
