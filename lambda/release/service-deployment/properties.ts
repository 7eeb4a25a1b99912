import * as z from 'zod/mini';
import { positive, readAs, text } from '../../shared/schema';
import { taskLogs } from '../properties';

/** CloudFormation leaves out empty lists and maps, and passes numbers as text. */
const properties = z.readonly(
  z.object({
    ServiceToken: z.optional(z.string()),
    ServiceName: text(),
    /** Of the ECS service in the same stack. A reference would make CloudFormation wait for the service. */
    ServiceLogicalId: text(),
    ClusterName: text(),
    /** Log groups that may hold the verdict that decided. */
    GateLogGroups: z._default(z.readonly(z.array(z.string())), []),
    /** Names of the metric alarms whose history may be read. */
    AlarmNames: z._default(z.readonly(z.array(z.string())), []),
    /** Seconds. */
    TimeoutSeconds: positive(),
    /** To quote the last lines of a task that failed. */
    TaskLogs: z.optional(taskLogs),
    /** What of the service starts a deployment when it changes. */
    Deployed: z.unknown(),
  }),
);

/** Properties of the custom resource that follows a service deployment. */
export type FollowerProperties = z.infer<typeof properties>;

/** @throws Error that names every property that is missing or wrong */
export function readFollowerProperties(given: unknown): FollowerProperties {
  return readAs('follower properties', properties, given);
}
