import { Duration, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CustomCheck, VersionHeader } from './custom-check';
import { alarmsOf, type ReleaseGateProps } from './release-gate-props';
import { LifecycleEvent } from './lifecycle-event';
import { alarmPlaceProblems } from '../alarms/alarm-place';
import { securityGroupProblem } from './security-group';
import { durationProblem } from '../internal/validate';

/** The problems of a gate's props; `timeout` is the one in force. */
export function gateProblems(scope: Construct, props: ReleaseGateProps, timeout: Duration): (string | undefined)[] {
  const alarms = alarmsOf(props);
  const names = (props.customChecks ?? []).map((check) => check.name);
  return [
    engineProblem(props),
    stepCheckProblem(props),
    securityGroupProblem(props),
    durationProblem('timeout', timeout, {
      minSeconds: 10,
      maxSeconds: 14 * 60,
      remedy: 'a Lambda function has 15 min, and the gate keeps one to report',
    }),
    durationProblem('bakeCheckTime', props.bakeCheckTime ?? Duration.seconds(0), {
      minSeconds: 0,
      maxSeconds: 50 * 60,
      remedy: 'CodeDeploy gives a hook an hour; use bakeTime for longer, in which alarms still roll back',
    }),
    versionHeaderProblem(props.versionHeader),
    alarms.length > ALARMS_MAX
      ? `${alarms.length} alarms: the gate reads ${ALARMS_MAX} at once at most: pass a composite alarm over some of them`
      : undefined,
    ...alarmPlaceProblems(scope, 'alarms', props.alarms?.alarms),
    ...alarmPlaceProblems(scope, 'additionalAlarms', props.additionalAlarms),
    ...(props.customChecks ?? []).flatMap((check, index) =>
      customCheckProblems(check, names.indexOf(check.name) < index, props.stepCheck),
    ),
  ];
}

function engineProblem({ deploymentGroup, service, cluster }: ReleaseGateProps): string | undefined {
  const given = [deploymentGroup && 'deploymentGroup', service && 'service', cluster && 'cluster'].filter(Boolean);
  if (['deploymentGroup,service', 'cluster'].includes(given.join(','))) return undefined;
  return (
    `${given.join(' and ') || 'neither deploymentGroup nor cluster'}: set deploymentGroup and service of what CodeDeploy ` +
    'ships, or only cluster of a service that ECS itself deploys'
  );
}

/** CodeDeploy's BeforeAllowTraffic comes once, however many steps there are. */
function stepCheckProblem({ stepCheck, deploymentGroup }: ReleaseGateProps): string | undefined {
  if (!stepCheck || !deploymentGroup) return undefined;
  return 'stepCheck: CodeDeploy calls no hook before each step: use ReleaseEngine.ecs(), or leave stepCheck out';
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const ALARMS_MAX = 100;

function versionHeaderProblem(header: VersionHeader | undefined): string | undefined {
  if (!header) return undefined;
  if (!Token.isUnresolved(header.name) && !/^[\w!#$%&'*+.^`|~-]+$/.test(header.name))
    return `versionHeader.name '${header.name}': must be the name of a header: x-version`;
  return header.value === '' ? "versionHeader.value '': must be the value that green sends: its version" : undefined;
}

function customCheckProblems(
  { name, timeout, lifecycleEvents }: CustomCheck,
  taken: boolean,
  stepCheck = false,
): (string | undefined)[] {
  const place = `customChecks '${name}'`;
  return [
    name.trim() === '' ? `${place}: give the check a name` : undefined,
    taken ? `${place}: names are unique: another custom check has it` : undefined,
    timeout && durationProblem(`${place} timeout`, timeout, { minSeconds: 1, maxSeconds: 14 * 60 }),
    lifecycleEvents?.length === 0
      ? `${place}: lifecycleEvents is empty, so it would never run: name an event, or leave lifecycleEvents out`
      : undefined,
    lifecycleEvents?.includes(LifecycleEvent.BEFORE_INSTALL)
      ? `${place}: there is no green before install: use AFTER_ALLOW_TEST_TRAFFIC or AFTER_ALLOW_TRAFFIC`
      : undefined,
    !stepCheck && lifecycleEvents?.includes(LifecycleEvent.BEFORE_ALLOW_TRAFFIC)
      ? `${place}: no gate runs at BEFORE_ALLOW_TRAFFIC: set stepCheck, with ReleaseEngine.ecs()`
      : undefined,
  ];
}
