import { Lazy, Stack } from 'aws-cdk-lib';
import type { CfnService, FargateService } from 'aws-cdk-lib/aws-ecs';

/** What an app adds to the service itself: the CDK keeps it in the resource's own deployment configuration. */
interface Additions {
  readonly lifecycleHooks?: readonly CfnService.DeploymentLifecycleHookProperty[];
  readonly alarms?: CfnService.DeploymentAlarmsProperty;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html: ten of each kind */
const HOOKS_MAX = 10;

/** The gate's hooks and then those of `service.addLifecycleHook`, which may still come. */
export function withAddedHooks(service: FargateService, gate: readonly object[]): object {
  return Lazy.any({
    produce: () => [
      ...gate,
      ...added(service).map(({ hookTargetArn, roleArn, lifecycleStages }) => ({
        HookTargetArn: hookTargetArn,
        RoleArn: roleArn,
        LifecycleStages: lifecycleStages,
      })),
    ],
  });
}

/** Refuses at synth, when all is known, what a deployment of ECS could not have. */
export function refuseAdditions(service: FargateService, gateHooks: number): void {
  service.node.addValidation({
    validate: () => {
      const hooks = gateHooks + added(service).length;
      return [
        ...(hooks > HOOKS_MAX
          ? [
              `${hooks} lifecycle hooks, ${gateHooks} of them of the gate: a service has ${HOOKS_MAX} Lambda hooks at most: ` +
                'call addLifecycleHook less often, or do more in one function',
            ]
          : []),
        ...(hasAlarms(service)
          ? ['enableDeploymentAlarms: Greenlight sets the alarms of a deployment: name them in alarms.additionalAlarms']
          : []),
      ];
    },
  });
}

const added = (service: FargateService) => additions(service).lifecycleHooks ?? [];

/** Without the flag `@aws-cdk/aws-ecs:removeDefaultDeploymentAlarm` the CDK sets alarms that are disabled and name none. */
function hasAlarms(service: FargateService): boolean {
  const { alarms } = additions(service);
  return alarms !== undefined && (alarms.enable !== false || !isEmpty(alarms.alarmNames));
}

const isEmpty = (names: unknown) => Array.isArray(names) && names.length === 0;

function additions(service: FargateService): Additions {
  const { deploymentConfiguration } = service.node.defaultChild as CfnService;
  return (Stack.of(service).resolve(deploymentConfiguration) as Additions | undefined) ?? {};
}
