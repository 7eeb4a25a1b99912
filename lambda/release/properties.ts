import * as z from 'zod/mini';
import { positive, readAs, text } from '../shared/schema';

/** Where the serving container logs: `<StreamPrefix>/<container>/<task id>` in the group, the awslogs driver's names. */
export const taskLogs = z.readonly(z.object({ LogGroup: text(), StreamPrefix: text(), ContainerName: text() }));

/** CloudFormation leaves out empty lists and maps, and passes numbers as text. */
const properties = z.readonly(
  z.object({
    ServiceToken: z.optional(z.string()),
    ServiceName: text(),
    ApplicationName: text(),
    DeploymentGroupName: text(),
    DeploymentConfigName: text(),
    /** Cluster and ECS service, to see what is live. */
    ClusterName: text(),
    EcsServiceName: text(),
    /** The AppSpec as JSON text; its SHA-256 is the revision's identity. Everything that ships is in it. */
    AppSpec: text(),
    /** ARN of the task definition revision that the AppSpec ships. */
    TaskDefinition: text(),
    /** Log groups of the gate functions by lifecycle event, to read the deciding verdict from. */
    GateLogGroups: z._default(z.readonly(z.record(z.string(), z.string())), {}),
    /** Names of the metric alarms behind the release's composite alarm, to say which one fired and on what value. */
    AlarmNames: z._default(z.readonly(z.array(z.string())), []),
    /** Seconds. */
    TimeoutSeconds: positive(),
    /** Green tasks that may fail before the release is stopped. Absent: what ECS's circuit breaker would allow. */
    FailedTasksMax: z.optional(positive()),
    /** For how long green may take to become healthy, seconds. Absent: as long as CodeDeploy waits. */
    StartTimeoutSeconds: z.optional(positive()),
    /** To quote the last lines of a task that failed. */
    TaskLogs: z.optional(taskLogs),
    /** Lets this one release pass. A change of only this starts nothing. */
    BreakGlass: z.optional(
      z.readonly(
        z.object({ Reason: z.string(), Allow: z.readonly(z.array(z.enum(['alarms', 'smoke'], 'alarms or smoke'))) }),
      ),
    ),
  }),
);

export type TaskLogs = z.infer<typeof taskLogs>;

/** Properties of the custom resource. */
export type ReleaseProperties = z.infer<typeof properties>;

/** @throws Error that names every property that is missing or wrong */
export function readProperties(given: unknown): ReleaseProperties {
  return readAs('release properties', properties, given);
}
